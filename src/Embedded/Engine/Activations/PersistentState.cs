using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.CodeGeneration;
using Orleans.Core;
using Orleans.Storage;

namespace Trove.Embedded.Activations;

/// <summary>A record of a grain, between the grain and its storage.</summary>
internal abstract class PersistentState
{
    private static readonly MethodInfo Make = typeof(PersistentState).GetMethod(nameof(Create), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>Reads the record during activation.</summary>
    public abstract Task LoadAsync();

    public static Func<Activation, PersistentState> FactoryFor(Type grain, ParameterInfo parameter)
    {
        if (!parameter.ParameterType.IsGenericType || parameter.ParameterType.GetGenericTypeDefinition() != typeof(IPersistentState<>))
            throw new InvalidOperationException($"[PersistentState] parameter '{parameter.Name}' of {grain} is not an IPersistentState<T>.");

        var attribute = parameter.GetCustomAttribute<PersistentStateAttribute>()!;
        var create = Make.MakeGenericMethod(parameter.ParameterType.GenericTypeArguments[0]).CreateDelegate<Func<Activation, PersistentStateAttribute, PersistentState>>();
        return activation => create(activation, attribute);
    }

    private static PersistentState<T> Create<T>(Activation activation, PersistentStateAttribute attribute)
    {
        var storage = activation.EngineServices.GetKeyedService<IGrainStorage>(attribute.StorageName ?? "Default")
            ?? throw new InvalidOperationException($"{activation.GrainId} needs a storage named '{attribute.StorageName ?? "Default"}', and none is registered by that key.");
        return new(activation, attribute.StateName, storage, activation.StateCopier);
    }
}

/// <inheritdoc/>
internal sealed class PersistentState<T>(Activation activation, string name, IGrainStorage storage, IMessageCopier? copier)
    : PersistentState, IPersistentState<T>
{
    // Without the attribute only the storage's serializer knows how to copy the state.
    private static readonly bool IsCopyable = typeof(T).IsDefined(typeof(GenerateSerializerAttribute), inherit: false);

    private readonly GrainState<T> _record = new(Activator.CreateInstance<T>());
    private Task _last = Task.CompletedTask;

    public T State
    {
        get => _record.State!;
        set => _record.State = value;
    }

    public string? Etag => _record.ETag;

    public bool RecordExists => _record.RecordExists;

    public override Task LoadAsync() => ReadStateAsync(CancellationToken.None);

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public Task ReadStateAsync(CancellationToken cancellationToken) => OneAtATime(
        static async (self, token) =>
        {
            await self.Storage.ReadStateAsync(self.Name, self.GrainId, self._record, token);
            self._record.State = self._record.State is { } state ? self.Copy(state) : Activator.CreateInstance<T>();
        },
        cancellationToken);

    public Task WriteStateAsync(CancellationToken cancellationToken) => OneAtATime(
        static async (self, token) =>
        {
            // A copy in hostile mode: storage must not see what the grain changes while it writes.
            var sent = new GrainState<T>(self.Copy(self.State), self._record.ETag) { RecordExists = self._record.RecordExists };
            await self.Storage.WriteStateAsync(self.Name, self.GrainId, sent, token);
            self._record.ETag = sent.ETag;
            self._record.RecordExists = sent.RecordExists;
        },
        cancellationToken);

    public Task ClearStateAsync(CancellationToken cancellationToken) => OneAtATime(
        static async (self, token) =>
        {
            await self.Storage.ClearStateAsync(self.Name, self.GrainId, self._record, token);
            self._record.State = Activator.CreateInstance<T>();
        },
        cancellationToken);

    private string Name => name;

    private IGrainStorage Storage => storage;

    private GrainId GrainId => activation.GrainId;

    private T Copy(T state) => IsCopyable && copier is not null ? copier.Copy(state, "State") : state;

    // Operations that overlap would race for the ETag, so each waits for the one before, whatever became of it.
    private Task OneAtATime(Func<PersistentState<T>, CancellationToken, Task> operation, CancellationToken cancellationToken)
    {
        if (TaskScheduler.Current != activation)
            throw new InvalidOperationException($"Record '{name}' of {activation.GrainId} was used outside the grain's turns.");

        return _last = Run(_last, operation, cancellationToken);
    }

    private async Task Run(Task before, Func<PersistentState<T>, CancellationToken, Task> operation, CancellationToken cancellationToken)
    {
        if (!before.IsCompletedSuccessfully) await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        try
        {
            await operation(this, cancellationToken);
        }
        catch (Exception error) when (error is not OrleansException && !cancellationToken.IsCancellationRequested)
        {
            // Orleans wraps too; grains must not learn to tell one storage's exceptions from another's.
            throw new OrleansException($"Storage of record '{name}' of {activation.GrainId} failed: {error.Message}", error);
        }
    }
}
