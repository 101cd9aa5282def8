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

    public Task ReadStateAsync(CancellationToken cancellationToken) => OneAtATime(Operation.Read, cancellationToken);

    public Task WriteStateAsync(CancellationToken cancellationToken) => OneAtATime(Operation.Write, cancellationToken);

    public Task ClearStateAsync(CancellationToken cancellationToken) => OneAtATime(Operation.Clear, cancellationToken);

    private enum Operation
    {
        Read,
        Write,
        Clear,
    }

    private T Copy(T state) => IsCopyable && copier is not null ? copier.Copy(state, "State") : state;

    // Operations that overlap would race for the ETag, so each waits for the one before, whatever became of it.
    private Task OneAtATime(Operation operation, CancellationToken cancellationToken)
    {
        if (TaskScheduler.Current != activation)
            throw new InvalidOperationException($"Record '{name}' of {activation.GrainId} was used outside the grain's turns.");

        return _last = Run(_last, operation, cancellationToken);
    }

    private async Task Run(Task before, Operation operation, CancellationToken cancellationToken)
    {
        if (!before.IsCompletedSuccessfully) await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        try
        {
            // A copy in hostile mode: storage must not see what the grain changes while it writes.
            var record = operation == Operation.Write ? new(Copy(State), _record.ETag) { RecordExists = _record.RecordExists } : _record;
            await (operation switch
            {
                Operation.Read => storage.ReadStateAsync(name, activation.GrainId, record, cancellationToken),
                Operation.Write => storage.WriteStateAsync(name, activation.GrainId, record, cancellationToken),
                _ => storage.ClearStateAsync(name, activation.GrainId, record, cancellationToken),
            });
            (_record.ETag, _record.RecordExists) = (record.ETag, record.RecordExists);
            _record.State = operation switch
            {
                Operation.Read when _record.State is { } state => Copy(state),
                Operation.Write => _record.State,
                _ => Activator.CreateInstance<T>(),
            };
        }
        catch (Exception error) when (error is not OrleansException && !cancellationToken.IsCancellationRequested)
        {
            // Orleans wraps too; grains must not learn to tell one storage's exceptions from another's.
            throw new OrleansException($"Storage of record '{name}' of {activation.GrainId} failed: {error.Message}", error);
        }
    }
}
