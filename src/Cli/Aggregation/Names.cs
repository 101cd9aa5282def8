using System.Collections;

namespace Trove.Cli.Aggregation;

/// <summary>Names in order of first appearance, each with its index.</summary>
internal sealed class Names : IReadOnlyList<string>
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    public int Count => _names.Count;

    public string this[int index] => _names[index];

    /// <summary>The index of a name, which is new or known.</summary>
    public int Add(string name)
    {
        if (!_index.TryGetValue(name, out int index))
        {
            index = _names.Count;
            _names.Add(name);
            _index.Add(name, index);
        }

        return index;
    }

    public bool TryIndexOf(string name, out int index) => _index.TryGetValue(name, out index);

    public IEnumerator<string> GetEnumerator() => _names.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
