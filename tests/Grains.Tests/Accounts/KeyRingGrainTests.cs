using Trove.Contracts;
using Trove.Contracts.Accounts;
using Trove.Grains.Tests.Setup;

namespace Trove.Grains.Tests.Accounts;

public sealed class KeyRingGrainTests
{
    private const int Seed = 20260640;

    [Fact]
    public async Task The_ring_is_there_after_a_restart_oldest_first()
    {
        var host = await GrainHost.Start(Seed);
        await Ring(host).Add("key-2", "<second />");
        await Ring(host).Add("key-1", "<first />");

        await using var next = await host.Restart(Seed + 1);

        Assert.Equal<IEnumerable<KeyRingElement>>([new KeyRingElement("key-2", "<second />"), new KeyRingElement("key-1", "<first />")], await Ring(next).All());
    }

    [Fact]
    public async Task An_element_added_again_under_its_name_stays_as_it_is()
    {
        await using var host = await GrainHost.Start(Seed + 2);
        await Ring(host).Add("key-1", "<first />");
        await Ring(host).Add("key-1", "<other />");

        Assert.Equal<IEnumerable<KeyRingElement>>([new KeyRingElement("key-1", "<first />")], await Ring(host).All());
    }

    [Fact]
    public async Task An_element_that_could_not_be_stored_is_in_no_answer()
    {
        await using var host = await GrainHost.Start(Seed + 3);
        host.Store.FailNextBeforeCommit();
        await Assert.ThrowsAsync<CommitFailedException>(() => Ring(host).Add("key-1", "<first />"));

        Assert.Empty(await Ring(host).All());
    }

    private static IKeyRingGrain Ring(GrainHost host) => host.Grains.GetGrain<IKeyRingGrain>(IKeyRingGrain.Key);
}
