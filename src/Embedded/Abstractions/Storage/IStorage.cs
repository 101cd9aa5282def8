namespace Orleans.Core
{
    /// <summary>One record of a grain.</summary>
    public interface IStorage
    {
        /// <summary>The version of the record that memory was read from or written as; null when there is none.</summary>
        string? Etag { get; }

        /// <summary>Whether the record exists.</summary>
        bool RecordExists { get; }

        /// <summary>Removes the record. Throws <see cref="Storage.InconsistentStateException"/> when another wrote it since.</summary>
        Task ClearStateAsync();

        /// <summary>Writes the record. Throws <see cref="Storage.InconsistentStateException"/> when another wrote it since.</summary>
        Task WriteStateAsync();

        /// <summary>Reads the record, replacing what is in memory.</summary>
        Task ReadStateAsync();

        /// <inheritdoc cref="ClearStateAsync()"/>
        Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

        /// <inheritdoc cref="WriteStateAsync()"/>
        Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

        /// <inheritdoc cref="ReadStateAsync()"/>
        Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
    }

    /// <summary>One record of a grain, with its content.</summary>
    public interface IStorage<TState> : IStorage
    {
        /// <summary>The content in memory. Changing it writes nothing.</summary>
        TState State { get; set; }
    }
}

namespace Orleans.Runtime
{
    /// <summary>A record that a grain's constructor asks for with <see cref="PersistentStateAttribute"/>; it is read before OnActivateAsync.</summary>
    public interface IPersistentState<TState> : Core.IStorage<TState>;

    /// <summary>Names the record, and the keyed <see cref="Storage.IGrainStorage"/> that keeps it.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public class PersistentStateAttribute : Attribute
    {
        /// <summary>Without a storage name, the storage named <c>Default</c> keeps the record.</summary>
        public PersistentStateAttribute(string stateName, string? storageName = null)
        {
            ArgumentNullException.ThrowIfNull(stateName);
            StateName = stateName;
            StorageName = storageName;
        }

        /// <summary>The record's name within the grain.</summary>
        public string StateName { get; }

        /// <summary>The storage's name.</summary>
        public string? StorageName { get; }
    }
}
