using System.Text.RegularExpressions;
using Trove.Frontend.Intake;
using Xunit.Abstractions;

namespace Trove.Frontend.Tests.Intake;

/// <summary>Over a corpus of hostile files and one of photographs, where the variable TROVE_SHARED names the folder that holds them; without it there is nothing to run over.</summary>
public sealed class SharedImagesTests(ITestOutputHelper output)
{
    private static readonly string? Shared = Environment.GetEnvironmentVariable("TROVE_SHARED");

    [Fact]
    public void Files_that_must_be_refused_are_refused_and_sound_ones_taken_or_named()
    {
        foreach (var line in Manifest())
        {
            var result = CleanImage.Read(File.ReadAllBytes(Path.Combine(Shared!, "hostile-images", line.File)));
            output.WriteLine($"{line.Expect,-9} {result.Problem?.Code ?? "taken",-22} {line.File}");
            Assert.True(line.Expect != "reject" || result.Problem is not null, line.File);
            Assert.True(line.Expect != "supported" || line.Format is not ("JPEG" or "PNG") || result.Problem?.Code is null or "image-unsupported" or "image-animated", line.File);
        }
    }

    [Fact]
    public void No_metadata_of_a_photograph_survives()
    {
        foreach (var file in Photographs().Where(file => Path.GetExtension(file) is ".jpg" or ".png"))
        {
            var original = File.ReadAllBytes(file);
            var result = CleanImage.Read(original);
            output.WriteLine($"{result.Problem?.Code ?? "taken",-22} {file}");
            if (result.Value is not { } image)
            {
                Assert.DoesNotContain($"{Path.DirectorySeparatorChar}images{Path.DirectorySeparatorChar}", file, StringComparison.Ordinal);
                continue;
            }

            using var clean = new MemoryStream([.. image.Pieces.SelectMany(piece => piece.ToArray())]);
            Assert.DoesNotContain(MetadataExtractor.ImageMetadataReader.ReadMetadata(clean), directory =>
                directory is MetadataExtractor.Formats.Exif.ExifDirectoryBase or MetadataExtractor.Formats.Xmp.XmpDirectory or MetadataExtractor.Formats.Iptc.IptcDirectory
                    or MetadataExtractor.Formats.Icc.IccDirectory or MetadataExtractor.Formats.Jpeg.JpegCommentDirectory or MetadataExtractor.Formats.Photoshop.PhotoshopDirectory);
        }
    }

    private static IEnumerable<(string File, string Expect, string Format)> Manifest()
    {
        if (Shared is null)
        {
            return [];
        }

        return File.ReadLines(Path.Combine(Shared, "hostile-images", "manifest.csv")).Skip(1).Select(Columns).Select(row => (row[0], row[3], row[4]));
    }

    private static IEnumerable<string> Photographs() => Shared is null
        ? []
        : Directory.EnumerateFiles(Path.Combine(Shared, "photos", "images")).Concat(Directory.EnumerateFiles(Path.Combine(Shared, "photos", "exif")));

    private static string[] Columns(string line) => [.. Regex.Matches(line, "(?:^|,)(?:\"((?:[^\"]|\"\")*)\"|([^,]*))").Select(match => match.Groups[1].Value + match.Groups[2].Value)];
}
