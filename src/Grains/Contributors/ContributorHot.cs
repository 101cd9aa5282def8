using Trove.Grains.Records;

namespace Trove.Grains.Contributors;

/// <summary>The part of a contributor's state that settling changes: one record, so that numbers, balances and ledger always agree. A few KB.</summary>
internal sealed class ContributorHot : IBinaryRecord<ContributorHot>
{
    /// <summary>A contributor who never worked.</summary>
    public ContributorHot()
        : this(new AssignmentNumbers())
    {
    }

    private ContributorHot(AssignmentNumbers numbers)
    {
        Numbers = numbers;
        Wallet = new Wallet(numbers);
        Reputation = new Reputation();
    }

    /// <inheritdoc/>
    public static string RecordKind => "contributor";

    /// <inheritdoc/>
    public static byte RecordVersion => 1;

    /// <summary>Numbers of assignments.</summary>
    public AssignmentNumbers Numbers { get; }

    /// <summary>Balances and the latest ledger entries.</summary>
    public Wallet Wallet { get; private init; }

    /// <summary>How often the contributor is right.</summary>
    public Reputation Reputation { get; private init; }

    /// <summary>Version of the reward last told; grows with each change.</summary>
    public long RewardVersion { get; set; }

    /// <inheritdoc/>
    public void Write(ref RecordWriter w)
    {
        Numbers.Write(ref w);
        Wallet.Write(ref w);
        Reputation.Write(ref w);
        w.Signed(RewardVersion);
    }

    /// <inheritdoc/>
    public static ContributorHot Read(ref RecordReader r, byte version)
    {
        var numbers = AssignmentNumbers.Read(ref r);
        return new ContributorHot(numbers)
        {
            Wallet = Wallet.Read(ref r, numbers),
            Reputation = Reputation.Read(ref r),
            RewardVersion = r.Signed(),
        };
    }
}
