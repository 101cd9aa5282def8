using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Trove.Contracts;
using Trove.Contracts.Labeling;

namespace Trove.Silo.Audit;

/// <summary>
/// A 64-bit hash of a verdict, under a key drawn anew for each audit. Each step multiplies to 128 bits and folds the halves (the mixing step of
/// wyhash, https://github.com/wangyi-fudan/wyhash), so that sums of hashes agree only when the verdicts do.
/// </summary>
internal sealed class VerdictHash
{
    private readonly ulong[] _key = MemoryMarshal.Cast<byte, ulong>(RandomNumberGenerator.GetBytes(5 * sizeof(ulong))).ToArray();
    private readonly Dictionary<(string Project, string Kind), int> _places = [];

    public ulong Of(TaskId task, long assignment, int revision, VerdictKind kind, long amountMinor)
    {
        if (!_places.TryGetValue((task.Project, task.Kind), out var place))
        {
            _places.Add((task.Project, task.Kind), place = _places.Count);
        }

        var hash = Mix(_key[0] ^ ((ulong)place << 32 | (uint)task.Number), _key[1]);
        hash = Mix(hash ^ (ulong)assignment, _key[2]);
        hash = Mix(hash ^ ((ulong)revision << 32 | (uint)kind), _key[3]);
        return Mix(hash ^ (ulong)amountMinor, _key[4]);
    }

    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b | 1, out ulong low);
        return high ^ low;
    }
}
