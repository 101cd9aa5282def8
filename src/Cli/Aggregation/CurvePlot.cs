namespace Trove.Cli.Aggregation;
internal static class CurvePlot { public static string Draw(IReadOnlyList<AccuracyCurve> curves) => ""; }
