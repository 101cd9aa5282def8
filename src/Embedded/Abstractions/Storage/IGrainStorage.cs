using Orleans.Runtime;

namespace Orleans.Storage
{
    /// <summary>Keeps the records of grains. Every write checks that the ETag it is given is the stored one.</summary>
    public interface IGrainStorage
    {
        /// <summary>Fills <paramref name="grainState"/>; without a record, State is left as it is, ETag null, RecordExists false.</summary>
        Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        /// <inheritdoc cref="ReadStateAsync{T}(string, GrainId, IGrainState{T})"/>
        Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
            ReadStateAsync(stateName, grainId, grainState);

        /// <summary>Writes and sets the new ETag. Throws <see cref="InconsistentStateException"/> when the ETag is not the stored one.</summary>
        Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        /// <inheritdoc cref="WriteStateAsync{T}(string, GrainId, IGrainState{T})"/>
        Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
            WriteStateAsync(stateName, grainId, grainState);

        /// <summary>Removes the record. Throws <see cref="InconsistentStateException"/> when the ETag is not the stored one.</summary>
        Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        /// <inheritdoc cref="ClearStateAsync{T}(string, GrainId, IGrainState{T})"/>
        Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
            ClearStateAsync(stateName, grainId, grainState);
    }

    /// <summary>Turns records into bytes and back.</summary>
    public interface IGrainStorageSerializer
    {
        /// <summary>The bytes of <paramref name="input"/>.</summary>
        BinaryData Serialize<T>(T? input);

        /// <summary>What the bytes say.</summary>
        T? Deserialize<T>(BinaryData input);
    }

    /// <summary>
    /// The record was written by someone else since it was read. When it escapes a grain's method, that activation is
    /// deactivated, because its memory is not what is on disk.
    /// </summary>
    [GenerateSerializer]
    public class InconsistentStateException : OrleansException
    {
        /// <summary>Without details.</summary>
        public InconsistentStateException() { }

        /// <summary>With a message.</summary>
        public InconsistentStateException(string message) : base(message) { }

        /// <summary>With a message and its cause.</summary>
        public InconsistentStateException(string message, Exception? innerException) : base(message, innerException!) { }

        /// <summary>With both versions and a cause.</summary>
        public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
            : base(errorMsg, storageException!)
        {
            StoredEtag = storedEtag;
            CurrentEtag = currentEtag;
        }

        /// <summary>With both versions.</summary>
        public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
            : this(errorMsg, storedEtag, currentEtag, storageException: null) { }

        /// <summary>With both versions and the storage's own error.</summary>
        public InconsistentStateException(string? storedEtag, string? currentEtag, Exception storageException)
            : this(storageException.Message, storedEtag, currentEtag, storageException) { }

        /// <summary>The stored version.</summary>
        [Id(1)]
        public string? StoredEtag { get; private set; }

        /// <summary>The version that memory had.</summary>
        [Id(2)]
        public string? CurrentEtag { get; private set; }

        // False once it left the activation it arose in: a caller that lets it pass is not deactivated too.
        [Id(0)]
        internal bool IsSourceActivation { get; set; } = true;
    }
}

namespace Orleans
{
    /// <summary>A record on its way to or from storage.</summary>
    public interface IGrainState<T>
    {
        /// <summary>The content.</summary>
        T? State { get; set; }

        /// <summary>The version, or null when there is no record.</summary>
        string? ETag { get; set; }

        /// <summary>Whether the record exists.</summary>
        bool RecordExists { get; set; }
    }

    /// <inheritdoc/>
    [GenerateSerializer]
    public sealed class GrainState<T> : IGrainState<T>
    {
        /// <summary>Empty.</summary>
        public GrainState() { }

        /// <summary>With content.</summary>
        public GrainState(T? state) : this(state, eTag: null) { }

        /// <summary>With content and version.</summary>
        public GrainState(T? state, string? eTag)
        {
            State = state;
            ETag = eTag;
        }

        /// <inheritdoc/>
        [Id(0)]
        public T? State { get; set; }

        /// <inheritdoc/>
        [Id(1)]
        public string? ETag { get; set; }

        /// <inheritdoc/>
        [Id(2)]
        public bool RecordExists { get; set; }
    }
}
