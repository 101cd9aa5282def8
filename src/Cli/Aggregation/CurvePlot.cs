using System.Globalization;
using System.Xml.Linq;

namespace Trove.Cli.Aggregation;

/// <summary>
/// Curves of accuracy as an SVG, one panel under the other so that it stays legible in a column of a phone. It follows the reader's light or
/// dark scheme, and no line depends on its colour alone: each has a dash and a marker of its own, and its name at its end.
/// </summary>
internal static class CurvePlot
{
    public const double Width = 480;

    private const double Heading = 108;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    // Blue and orange are told apart with any common kind of colour vision. What stands later in the sheet wins.
    private const string Style =
        """

            text { fill: #47536a; font-size: 13.5px } .title, .name { fill: #16202f; font-weight: 600 } .title { font-size: 18px } .name { font-size: 16px }
            .paper { fill: #ffffff } .grid { stroke: #dfe4ec } .axis { stroke: #7a8699 }
            .line { stroke-width: 2; stroke-linejoin: round } .lead { opacity: .55 } .line, .lead { fill: none }
            .dynamic { stroke: #0b62b8 } .trove { stroke: #0b62b8 } .skill { stroke: #b34a00 } .vote { stroke: #5a6577 }
            .line.dynamic { stroke-width: 3.2 } .line.trove { stroke-dasharray: 6 4 } .line.skill { stroke-dasharray: 2 3 }
            .mark { stroke-width: 1.6 } .mark.dynamic, text.dynamic, text.trove { fill: #0b62b8 } .mark.trove { fill: #ffffff }
            .mark.skill, text.skill { fill: #b34a00 } .mark.vote, text.vote { fill: #5a6577 }
            .label, .sure { font-weight: 600 } .label { font-size: 14.5px; stroke: none }
            .sure { font-size: 13px; stroke: #ffffff; stroke-width: 4; stroke-linejoin: round; paint-order: stroke }
            @media (prefers-color-scheme: dark) {
              text { fill: #b4bfd1 } .title, .name { fill: #eef2f8 }
              .paper { fill: #11161f } .grid { stroke: #2a3444 } .axis { stroke: #8c9ab3 }
              .dynamic { stroke: #6eb1ff } .trove { stroke: #6eb1ff } .skill { stroke: #ffa45c } .vote { stroke: #aab6c8 }
              .mark.dynamic, text.dynamic, text.trove { fill: #6eb1ff } .mark.trove { fill: #11161f }
              .mark.skill, text.skill { fill: #ffa45c } .mark.vote, text.vote { fill: #aab6c8 } .label { stroke: none } .sure { stroke: #11161f }
            }

        """;

    /// <summary>Draws one panel for each curve.</summary>
    public static string Draw(IReadOnlyList<AccuracyCurve> curves)
    {
        double height = Heading + (curves.Count * CurvePanel.Height);
        int orders = curves.Count > 0 ? curves[0].Seeds : 0;
        var picture = new XElement(
            Svg + "svg",
            new XAttribute("viewBox", $"0 0 {Number(Width)} {Number(height)}"),
            new XAttribute("width", Number(Width * 1.3)), new XAttribute("height", Number(height * 1.3)),
            new XAttribute("role", "img"), new XAttribute("aria-labelledby", "title desc"),
            new XAttribute("font-family", "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"),
            new XElement(Svg + "title", new XAttribute("id", "title"), "Accuracy against answers per task"),
            new XElement(Svg + "desc", new XAttribute("id", "desc"), Printable(string.Join(' ', curves.Select(CurvePanel.Describe)))),
            new XElement(Svg + "style", Style),
            Shape("rect", "paper", ("width", Width), ("height", height)),
            Text("title", 10, 24, "Accuracy against answers per task"),
            Text("note", 10, 46, "The dynamic line is trove, too, but stops each task once it is"),
            Text("note", 10, 64, "as sure as the figure says. All others ask as many for each task."),
            Text("note", 10, 82, string.Create(CultureInfo.InvariantCulture, $"Means of {orders} random orders of arrival.")),
            curves.Select((curve, at) => new XElement(
                Svg + "g", new XAttribute("transform", $"translate(0 {Number(Heading + (at * CurvePanel.Height))})"), new CurvePanel(curve).Draw())));
        return picture + "\n";
    }

    public static XElement Shape(string shape, string look, params ReadOnlySpan<(string Name, double Value)> places)
    {
        var element = new XElement(Svg + shape, new XAttribute("class", look));
        foreach (var (name, value) in places)
        {
            element.SetAttributeValue(name, Number(value));
        }

        return element;
    }

    public static XElement Path(string look, string steps) => new(Svg + "path", new XAttribute("class", look), new XAttribute("d", steps));

    public static XElement Text(string look, double x, double y, string text, string anchor = "start") => new(
        Svg + "text", new XAttribute("class", look), new XAttribute("x", Number(x)), new XAttribute("y", Number(y)),
        new XAttribute("text-anchor", anchor), Printable(text));

    /// <summary>A tenth of a pixel is finer than anybody sees; and the same figure is the same text on every machine.</summary>
    public static string Number(double value, string format = "0.#") => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>XML knows no way to write control characters, which the name of a folder may hold.</summary>
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
