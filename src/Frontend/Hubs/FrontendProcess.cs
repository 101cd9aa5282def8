namespace Trove.Frontend.Hubs;

/// <summary>This process as grains know it.</summary>
internal sealed class FrontendProcess
{
    /// <summary>Random, so that a restarted frontend is another one.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");
}
