namespace Trove.Frontend.Hosting;

/// <summary>The last step of erasing a person, for stores that keep deleted bytes for a while. There is none where the store does not tell.</summary>
internal interface IErasure
{
    /// <summary>Completes when no byte is left of what was cleared or overwritten in personal records before this call. May be repeated.</summary>
    /// <exception cref="IOException">Somebody held an older state for too long, such as an audit, or the disk failed. Nothing is lost; try again later.</exception>
    Task CompleteAsync();
}
