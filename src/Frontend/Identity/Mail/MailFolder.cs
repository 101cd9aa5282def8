using System.Globalization;
using System.Text;

namespace Trove.Frontend.Identity.Mail;

/// <summary>
/// The outbox: a folder with one file per letter, in the form of an e-mail, that only its owner can read. Without a mail server it is where the operator finds what
/// was to be sent. A file appears whole or not at all.
/// </summary>
internal sealed partial class MailFolder(string folder, string from, TimeProvider clock, ILogger<MailFolder> logger) : IMail, IHostedService
{
    /// <summary>Letters kept. More than this means that nobody reads them, or that somebody floods.</summary>
    private const int Most = 10_000;

    private readonly SemaphoreSlim _came = new(0);

    /// <summary>Waits until a letter may have come.</summary>
    public Task<bool> Came(TimeSpan most, CancellationToken stop) => _came.WaitAsync(most, stop);

    public void Send(string account, Letter letter)
    {
        Directory.CreateDirectory(folder);
        if (Directory.EnumerateFiles(folder, "*.eml").Take(Most).Count() == Most)
        {
            LogFull(logger, folder);
            return;
        }

        var now = clock.GetUtcNow();
        var name = Path.Combine(folder, $"{now.UtcTicks:D19}-{account}-{Guid.NewGuid():N}.eml");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream($"{name}.draft", options))
        {
            file.Write(Encoding.UTF8.GetBytes(Text(letter, now)));
            file.Flush(flushToDisk: true);
        }

        File.Move($"{name}.draft", name);
        _came.Release();
    }

    /// <summary>Letters that wait, oldest first.</summary>
    public IEnumerable<(string File, Letter Letter)> Waiting()
    {
        foreach (var file in Files("*.eml"))
        {
            if (TextOf(file) is { } text)
            {
                yield return (file, Read(text));
            }
        }
    }

    /// <summary>Deletes every letter that an account was the reason for, and every letter to its address, drafts that a crash left behind too: part of erasing a person.</summary>
    public void Forget(string account, string address)
    {
        foreach (var file in Files("*.eml*").ToList())
        {
            if (Path.GetFileName(file).Contains($"-{account}-", StringComparison.Ordinal) || TextOf(file)?.Contains($"\r\nTo: {address}\r\n", StringComparison.Ordinal) == true)
            {
                File.Delete(file);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        LogFolder(logger, folder);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<string> Files(string pattern) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal) : [];

    /// <summary>Null when it is gone meanwhile: delivered, or erased with its person.</summary>
    private static string? TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private string Text(Letter letter, DateTimeOffset now) => string.Join("\r\n",
        $"From: {from}",
        $"To: {letter.To}",
        $"Subject: {letter.Subject}",
        $"Date: {now.ToString("r", CultureInfo.InvariantCulture)}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        letter.Body.ReplaceLineEndings("\r\n"));

    private static Letter Read(string text)
    {
        var body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var headers = text[..body].Split("\r\n");
        return new Letter(Header("To: "), Header("Subject: "), text[(body + 4)..]);

        string Header(string name) => Array.Find(headers, header => header.StartsWith(name, StringComparison.Ordinal))![name.Length..];
    }

    [LoggerMessage(EventId = 2400, Level = LogLevel.Information, Message = "Mail to people is written to {Folder}")]
    private static partial void LogFolder(ILogger logger, string folder);

    [LoggerMessage(EventId = 2401, Level = LogLevel.Warning, Message = "The mail folder {Folder} is full: a letter was not taken")]
    private static partial void LogFull(ILogger logger, string folder);
}
