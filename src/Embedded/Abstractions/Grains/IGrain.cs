using Orleans.Runtime;

namespace Orleans.Runtime
{
    /// <summary>Anything that can be called through a reference: grains and observers.</summary>
    public interface IAddressable;
}

namespace Orleans
{
    /// <summary>A virtual actor. Interfaces of grains derive from <see cref="IGrainWithStringKey"/>.</summary>
    public interface IGrain : IAddressable;

    /// <summary>A grain whose identity within its type is a string.</summary>
    public interface IGrainWithStringKey : IGrain;

    /// <summary>An object outside the grains that receives calls through a reference, and is held weakly by the engine.</summary>
    public interface IGrainObserver : IAddressable;
}
