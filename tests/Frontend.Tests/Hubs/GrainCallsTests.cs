using Microsoft.Extensions.Logging.Abstractions;
using Trove.Contracts;
using Trove.Frontend.Hubs;

namespace Trove.Frontend.Tests.Hubs;

public sealed class GrainCallsTests
{
    private readonly GrainCalls _calls = new(TimeProvider.System, NullLogger<GrainCalls>.Instance);

    [Fact]
    public async Task While_nothing_fails_a_call_costs_next_to_nothing()
    {
        const int Calls = 10_000;
        var answer = Task.FromResult("yes");
        for (var i = 0; i < 100; i++)
        {
            await _calls.Run(answer, static waiting => waiting);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
        {
            // Completed at once, so this thread goes on and its counter counts everything.
            await _calls.Run(answer, static waiting => waiting);
        }

        // The task, and in a debug build its state machine, which is an object there.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Calls, 0, 200);
    }

    [Fact]
    public async Task A_refusal_of_the_callers_own_making_is_not_repeated()
    {
        var attempts = 0;
        await Assert.ThrowsAsync<InvalidOperationException>(() => _calls.Run<object?, int>(null, _ =>
        {
            attempts++;
            throw new InvalidOperationException();
        }));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task A_failed_commit_is_repeated()
    {
        var attempts = 0;
        Assert.Equal(2, await _calls.Run<object?, int>(null, _ => ++attempts < 2 ? throw new CommitFailedException("full") : Task.FromResult(attempts)));
    }
}
