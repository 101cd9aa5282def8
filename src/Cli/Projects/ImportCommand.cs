using System.CommandLine;
using System.Runtime.CompilerServices;
using Trove.Cli.Output;
using Trove.Client;
using Trove.Contracts;
using Trove.Contracts.Labeling;

namespace Trove.Cli.Projects;

/// <summary><c>trove import</c>: tasks from a file of JSON lines, or one for each image of a folder.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var project = new Argument<string>("PROJECT") { Description = "Key of the project." };
        var tasks = new Option<FileInfo?>("--tasks") { Description = "JSON lines: {\"id\", \"text\"?, \"image\"?, \"redundancy\"?: n | {\"min\", \"max\", \"confidence\"}, \"allow\"?: [...]}." };
        var images = new Option<DirectoryInfo?>("--images") { Description = "A folder of JPEG and PNG images; each becomes a task named by its file." };
        var name = new Option<string?>("--import") { Description = "Name of the import; repeating it adds nothing twice. Default: the name of the file or folder." };
        var (url, key, json) = (Connection.Url(), Commands.Key(), Commands.Json());
        var command = new Command("import", "Imports tasks into a project.") { project, tasks, images, name, url, key, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(tasks) is null == result.GetResult(images) is null)
            {
                result.AddError("Say what to import: either --tasks FILE.jsonl or --images FOLDER.");
            }
        });
        return command.Does(async (parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed, parsed.GetValue(json));
            using var client = Connection.Open(parsed, url, key);
            var into = parsed.GetRequiredValue(project);
            FileSystemInfo source = parsed.GetValue(tasks) as FileSystemInfo ?? parsed.GetValue(images)!;
            if (!source.Exists)
            {
                throw new CommandException($"{source.FullName}: there is no such {(source is FileInfo ? "file" : "folder")}.");
            }

            var import = parsed.GetValue(name) ?? NameOf(source);
            var refused = new List<string>();
            var report = source is FileInfo file
                ? await ImportFileAsync(terminal, client, into, import, file, cancellation)
                : await ImportImagesAsync(terminal, client, into, import, (DirectoryInfo)source, refused, cancellation);
            refused.AddRange(report.Refused.OrEmpty().Select(r => $"line {r.Line}: {r.Problem}"));
            terminal.Show(
                $"Import {report.Import}", ("tasks", report.Tasks.Text()), ("of those known before", report.Known.Text()), ("not taken in", Math.Max(refused.Count, report.RefusedCount).Text()));
            refused.ForEach(line => terminal.Say("Not taken in: " + line));
            terminal.Report(new { report.Import, report.Tasks, report.Known, Refused = refused });
            return refused.Count == 0 ? 0 : 1;
        });
    }

    /// <summary>The same file or folder gives the same name, so that an import can be repeated after a failure.</summary>
    private static string NameOf(FileSystemInfo source)
    {
        var name = new string([.. source.Name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_')]);
        return name.Length <= Keys.MaxLength ? name : name[..Keys.MaxLength];
    }

    private static Task<ImportReport> ImportFileAsync(
        Terminal terminal, TroveClient client, string project, string import, FileInfo file, CancellationToken cancellation) =>
        terminal.ProgressAsync($"Importing {file.Name}", file.Length, async done =>
        {
            await using var lines = file.OpenRead();
            var importing = client.ImportLinesAsync(project, import, lines, cancellation);
            while (await Task.WhenAny(importing, Task.Delay(100, cancellation)) != importing)
            {
                done(lines.CanRead ? lines.Position : file.Length);
            }

            return await importing;
        });

    private static Task<ImportReport> ImportImagesAsync(
        Terminal terminal, TroveClient client, string project, string import, DirectoryInfo folder, List<string> refused, CancellationToken cancellation)
    {
        var files = folder.EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(f => f.FullName, StringComparer.Ordinal).ToArray();
        return terminal.ProgressAsync(
            $"Importing {files.Length.Text()} images",
            files.Length,
            done => client.ImportTasksAsync(project, import, UploadAsync(client, project, folder, files, refused, done, cancellation), cancellation: cancellation));
    }

    private static async IAsyncEnumerable<TaskDefinition> UploadAsync(
        TroveClient client,
        string project,
        DirectoryInfo folder,
        FileInfo[] files,
        List<string> refused,
        Action<double> done,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 0; i < files.Length; i++)
        {
            var name = Path.GetRelativePath(folder.FullName, files[i].FullName);
            TaskDefinition? task = null;
            try
            {
                await using var image = files[i].OpenRead();
                task = new TaskDefinition(name, Image: (await client.UploadImageAsync(project, image, cancellation)).Hash);
            }
            catch (RefusedException refusal) when (!refusal.IsTransient)
            {
                refused.Add($"{name}: {refusal.Message}");
            }

            if (task is not null)
            {
                yield return task;
            }

            done(i + 1);
        }
    }
}
