using Trove.Contracts.Projects;

namespace Trove.Grains.Tests.Projects;

internal static class Samples
{
    public static readonly Brief Brief = new(
        "Cats",
        "Teach a camera trap to know cats.",
        "Is there a cat?",
        new LabelSchema(LabelKind.YesNo, []),
        new Redundancy(),
        TaskOrder.Depth,
        new HandOut(),
        PriceMinor: 5);

    public static Brief Choice(params string[] options) =>
        Brief with { Schema = new LabelSchema(LabelKind.SingleChoice, [.. options]) };
}
