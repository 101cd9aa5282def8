using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;
using Trove.Cli.Crowd;
using Trove.Cli.Output;
using Trove.Client;
using Trove.Contracts.Labeling;
using Trove.Contracts.Projects;

namespace Trove.Cli.Replay;

/// <summary>A labelled photograph.</summary>
internal sealed record Photo(string File, string Path, string Label);

/// <summary>
/// The same session on photographs: a folder of images is imported, and simulated contributors of stated accuracy answer, each after downloading the picture it was
/// offered and seeing that it is a whole image.
/// </summary>
internal sealed class PhotoReplay : IReplay
{
    private readonly string _name;
    private readonly ImmutableArray<Photo> _photos;
    private readonly int _contributors;
    private readonly double _skill;
    private readonly Policy _policy;
    private readonly int _seed;

    private PhotoReplay(string name, ImmutableArray<Photo> photos, int contributors, double skill, Policy policy, int seed) =>
        (_name, _photos, _contributors, _skill, _policy, _seed) = (name, photos, contributors, skill, policy, seed);

    /// <summary>Photographs that the server would not take in, with its reason.</summary>
    public List<(string File, string Why)> Refused { get; } = [];

    /// <summary>Reads <c>labels.csv</c> (<c>file,label,…</c>; files relative to the folder).</summary>
    /// <exception cref="CommandException">It is missing or not as described.</exception>
    public static PhotoReplay Load(string folder, int contributors, double skill, Policy policy, int seed)
    {
        if (skill is not (>= 0 and <= 1))
        {
            throw new CommandException($"--accuracy is a share from 0 to 1, not {skill}.");
        }

        var labels = Path.Combine(folder, "labels.csv");
        if (!File.Exists(labels))
        {
            throw new CommandException($"{labels}: there is no such file; a folder of photographs has labels.csv with the columns file and label.");
        }

        var photos = ImmutableArray.CreateBuilder<Photo>();
        using var stream = File.OpenRead(labels);
        using var csv = CsvReader.Create(stream, new CsvReaderOptions { Separator = ',' });
        if (!csv.TryGetFieldIndex("file", out var file) || !csv.TryGetFieldIndex("label", out var label))
        {
            throw new CommandException($"{labels}, line 1: the header must name the columns file and label.");
        }

        while (csv.Read())
        {
            photos.Add(new Photo(csv.GetString(file), Path.Combine(folder, csv.GetString(file)), csv.GetString(label)));
        }

        return new PhotoReplay(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), photos.DrainToImmutable(), contributors, skill, policy, seed);
    }

    public async Task<ReplayReport> RunAsync(LiveSession session, TroveClient developer, CancellationToken cancellation)
    {
        var project = "photos-" + Guid.NewGuid().ToString("n")[..12];
        var classes = _photos.Select(p => p.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToImmutableArray();
        var brief = new Brief(
            $"Photographs of {_name}",
            "Shows a labelling session on real photographs.",
            "What does this photograph mainly show?",
            new LabelSchema(LabelKind.SingleChoice, classes),
            new Redundancy(),
            TaskOrder.Depth,
            new HandOut(Stint: 0));
        var stored = new Dictionary<string, StoredImage>(StringComparer.Ordinal);
        var labels = _photos.ToDictionary(p => p.File, p => p.Label, StringComparer.Ordinal);
        var downloads = new Downloads();
        using var http = new TroveClient(developer.Server);
        var outcome = await session.RunAsync(
            project,
            brief,
            [.. Enumerable.Range(0, _contributors).Select(i => $"c{i}")],
            async (_, token) => [.. (await UploadAsync(developer, project, stored, token)).Select(p =>
                new TaskDefinition(p.File, Image: stored[p.File].Hash, Redundancy: _policy.For(_contributors)))],
            Contributor,
            cancellation);
        var found = outcome.Labels(brief.Schema);
        return new ReplayReport(
            _name,
            outcome.Results.Length,
            _contributors,
            outcome.Results.Length * _contributors,
            outcome.AnswersUsed,
            (double)outcome.AnswersUsed / Math.Max(1, outcome.Results.Length),
            outcome.Results.Length == 0 ? null : (double)outcome.Results.Count(r => found.TryGetValue(r.Definition.SourceId, out var l) && l[0] == labels[r.Definition.SourceId]) / outcome.Results.Length,
            outcome.Undecided,
            outcome.Overshoot,
            outcome.LabelsPerSecond,
            outcome.Tally.Acknowledgement.PercentileMs(0.5),
            outcome.Tally.Acknowledgement.PercentileMs(0.99),
            AuditClean: null,
            Policy: "",
            "live",
            outcome.Tally.Recalled,
            outcome.Tally.Errors,
            outcome.Seconds)
        {
            Photos = new PhotoFigures(downloads.Count, downloads.Bytes, [.. Refused.Select(r => $"{r.File}: {r.Why}")], _skill),
        };

        SimulatedContributor Contributor(SimulatedKey key, CrowdTally tally)
        {
            var chance = new Random(HashCode.Combine(_seed, int.Parse(key.Name.AsSpan(1), CultureInfo.InvariantCulture)));
            return new SimulatedContributor(
                key,
                async (offer, token) =>
                {
                    var image = offer.Image ?? throw new CommandException($"Task {offer.SourceId} was offered without its picture.");
                    var (bytes, announced) = await http.DownloadAsync(image, token);
                    downloads.Check(offer.SourceId, bytes, announced, stored[offer.SourceId]);
                    var truth = labels[offer.SourceId];
                    return [chance.NextDouble() < _skill || classes.Length == 1 ? truth : classes.Remove(truth)[chance.Next(classes.Length - 1)]];
                },
                tally);
        }
    }

    private async Task<List<Photo>> UploadAsync(TroveClient developer, string project, Dictionary<string, StoredImage> stored, CancellationToken cancellation)
    {
        var taken = new List<Photo>();
        foreach (var photo in _photos)
        {
            try
            {
                await using var bytes = File.OpenRead(photo.Path);
                stored[photo.File] = await developer.UploadImageAsync(project, bytes, cancellation);
                taken.Add(photo);
            }
            catch (RefusedException refusal)
            {
                Refused.Add((photo.File, refusal.Message));
            }
        }

        return taken;
    }

    /// <summary>Counts pictures seen, and fails at the first that is not whole.</summary>
    private sealed class Downloads
    {
        private long _count;
        private long _bytes;

        public long Count => Interlocked.Read(ref _count);

        public long Bytes => Interlocked.Read(ref _bytes);

        public void Check(string file, byte[] bytes, long? announced, StoredImage stored)
        {
            if (bytes.Length != stored.Bytes || (announced is { } length && length != bytes.Length))
            {
                throw new CommandException($"The picture of {file} came with {bytes.Length} bytes; {stored.Bytes} are stored and {announced} were announced.");
            }

            if (ImageHeader.Read(bytes) is not { } size || size != (stored.Width, stored.Height))
            {
                throw new CommandException($"The picture of {file} does not start as a JPEG or PNG of {stored.Width} by {stored.Height} pixels.");
            }

            Interlocked.Increment(ref _count);
            Interlocked.Add(ref _bytes, bytes.Length);
        }
    }
}

/// <summary>What a session on photographs adds to a report.</summary>
/// <param name="Downloads">Pictures that contributors downloaded and checked.</param>
/// <param name="DownloadedBytes">Their bytes.</param>
/// <param name="Refused">Photographs not taken in, with the reason.</param>
/// <param name="StatedAccuracy">How often each contributor is right.</param>
internal sealed record PhotoFigures(long Downloads, long DownloadedBytes, ImmutableArray<string> Refused, double StatedAccuracy);
