using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Trove.Architecture.Tests;

/// <summary>Everything here breaks a rule on purpose, so that the rules can show that they would notice.</summary>
internal static class Wrong
{
    /// <summary>A stream out of a grain, by a call whose failure nobody would notice.</summary>
    internal interface IStreams : IGrainWithStringKey
    {
        [OneWay]
        IAsyncEnumerable<int> All();
    }

    /// <summary>A generic method.</summary>
    internal interface IGeneric : IGrainWithStringKey
    {
        Task<T> Any<T>();
    }

    /// <summary>No aliases, and a message without a serializer.</summary>
    internal interface ISendsPlain : IGrainWithStringKey
    {
        Task Send(Plain message);
    }

    internal sealed record Plain(int Number);

    /// <summary>Gaps in the numbers, and a member that can be changed, in itself and as a whole.</summary>
    [GenerateSerializer]
    internal sealed record Misnumbered([property: Id(1)] int Number)
    {
        [Id(3)]
        public List<int> Later { get; set; } = [];
    }

    /// <summary>State of nobody in particular.</summary>
    internal static class RemembersForAll
    {
        internal static int s_count = 1;
    }

    /// <summary>A grain whose records would be lost when the class is renamed.</summary>
    [StatelessWorker, MayInterleave]
    internal sealed class UnnamedGrain : Grain<Plain>, IGeneric
    {
        public Task<T> Any<T>() => Task.FromResult(RequestContext.Get<T>());
    }

    /// <summary>An interface with the alias of a message, and two methods with one alias.</summary>
    [Alias("wrong.twin")]
    internal interface ITwin : IGrainWithStringKey
    {
        [Alias("Go")]
        Task Go();

        [Alias("Go")]
        Task GoOn();
    }

    [GenerateSerializer, Alias("wrong.twin")]
    internal sealed record Twin;

    /// <summary>Two grains that would write each other's records.</summary>
    [GrainType("wrong")]
    internal sealed class OneGrain : Orleans.Grain;

    [GrainType("wrong")]
    internal sealed class OtherGrain : Orleans.Grain;

    /// <summary>Names the grains and the inside of the silo.</summary>
    internal static Type[] OtherRooms => [typeof(Trove.Grains.TroveSecrets), typeof(Trove.Silo.Records.SqliteRecordFile)];

    // Look-alikes of what the embedded engine does not have at all.
    internal abstract class Grain<T> : Orleans.Grain;

    [AttributeUsage(AttributeTargets.Class)]
    internal sealed class StatelessWorkerAttribute : Attribute;

    [AttributeUsage(AttributeTargets.Class)]
    internal sealed class MayInterleaveAttribute : Attribute;

    internal static class RequestContext
    {
        public static T Get<T>() => default!;
    }
}
