using System.Collections.Immutable;
using Trove.Contracts.Accounts;

namespace Trove.Frontend.Tests.Identity;

/// <summary>The key ring of a cluster, which outlives the hosts that use it.</summary>
internal sealed class FakeKeyRing : IKeyRingGrain
{
    private ImmutableArray<KeyRingElement> _elements = [];

    public Task<ImmutableArray<KeyRingElement>> All() => Task.FromResult(_elements);

    public Task Add(string name, string xml)
    {
        ImmutableInterlocked.Update(ref _elements, elements => elements.Any(element => element.Name == name) ? elements : elements.Add(new KeyRingElement(name, xml)));
        return Task.CompletedTask;
    }
}
