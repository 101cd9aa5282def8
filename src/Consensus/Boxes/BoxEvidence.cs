namespace Trove.Consensus;

/// <summary>What a contributor's mark, and the absence of one, add to the log odds that something exists.</summary>
internal readonly record struct BoxEvidence(double Mark, double NoMark)
{
    public double Of(bool marked) => marked ? Mark : NoMark;

    public static BoxEvidence Of(BoxSkill skill) =>
        new(LogChance(skill.Hit) - LogChance(skill.FalseMark), LogChance(-skill.Hit) - LogChance(-skill.FalseMark));

    private static double LogChance(double logOdds) =>
        logOdds > 0 ? -Math.Log(1 + Math.Exp(-logOdds)) : logOdds - Math.Log(1 + Math.Exp(logOdds));
}
