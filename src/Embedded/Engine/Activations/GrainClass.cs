using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Trove.Embedded.Activations;

/// <summary>What the engine knows about a grain's class: its name, its scheduling, and how to construct it.</summary>
internal sealed class GrainClass
{
    private readonly Func<Activation, PersistentState>[] _records;
    private readonly ObjectFactory _construct;
    private readonly bool _takesServices;
    private readonly bool _takesContext;

    public GrainClass(Type type)
    {
        Class = type;
        Type = type.GetCustomAttribute<GrainTypeAttribute>()?.GrainType ?? GrainType.Create(DefaultName(type));
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        IsKeptAlive = type.IsDefined(typeof(KeepAliveAttribute), inherit: true);
        AgeLimit = type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.AgeLimit;
        MainInterface = type.GetInterfaces().FirstOrDefault(static each => each != typeof(IGrainWithStringKey) && each.IsAssignableTo(typeof(IGrainWithStringKey)))
            ?? throw new InvalidOperationException($"{type} implements no interface derived from {nameof(IGrainWithStringKey)}.");

        var parameters = (type.GetConstructors() is [var only] ? only : throw new InvalidOperationException($"{type} needs exactly one public constructor.")).GetParameters();
        var records = parameters.Where(static each => each.IsDefined(typeof(PersistentStateAttribute), inherit: true)).ToList();
        _records = [.. records.Select(parameter => PersistentState.FactoryFor(type, parameter))];
        _takesServices = parameters.Length > records.Count;
        _construct = ActivatorUtilities.CreateFactory(type, [.. records.Select(static each => each.ParameterType), .. TakesContext(parameters)]);
        _takesContext = TakesContext(parameters).Any();
        HasOwnActivation = type.GetMethod(nameof(Grain.OnActivateAsync), [typeof(CancellationToken)])?.DeclaringType != typeof(Grain);
    }

    public Type Class { get; }

    public GrainType Type { get; }

    public Type MainInterface { get; }

    public bool IsReentrant { get; }

    public bool IsKeptAlive { get; }

    public TimeSpan? AgeLimit { get; }

    /// <summary>Whether OnActivateAsync is the class's own, so that its token is worth a timer.</summary>
    public bool HasOwnActivation { get; }

    /// <summary>Constructs the grain and its records; these are not read yet.</summary>
    public (IGrainBase Instance, PersistentState[] Records) Construct(Activation activation)
    {
        // Classes without injected services, perhaps a million of them alive, need no scope each.
        var services = _takesServices ? activation.ActivationServices : activation.EngineServices;
        var records = _records.Length == 0 ? [] : Array.ConvertAll(_records, make => make(activation));
        object[] arguments = _takesContext ? [.. records, activation] : records;
        try
        {
            return ((IGrainBase)_construct(services, arguments), records);
        }
        catch (Exception error)
        {
            // Wrapped as Orleans does: a service that is missing and a constructor that throws look alike to callers.
            throw new InvalidOperationException($"{Class} of {activation.GrainId} can't be constructed: {error.Message}", error);
        }
    }

    public override string ToString() => Class.FullName!;

    private static IEnumerable<Type> TakesContext(ParameterInfo[] parameters) =>
        parameters.Where(static each => each.ParameterType == typeof(IGrainContext)).Select(static each => each.ParameterType);

    // As Orleans does: LabelTaskGrain is "labeltask".
    private static string DefaultName(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        return name.Length > 5 && name.EndsWith("grain", StringComparison.Ordinal) ? name[..^5] : name;
    }
}
