using System.Text.Json;
using Trove.Cli.Output;

namespace Trove.Cli.Accounts;

/// <summary>API keys of this user, one for each server, in a file that nobody else can read: <c>credentials.json</c> in <c>TROVE_CONFIG</c>, or else in <c>trove</c> of the user's configuration folder.</summary>
internal static class Credentials
{
    /// <summary>An API key for commands that are not told one.</summary>
    public const string Variable = "TROVE_KEY";

    private const string FolderVariable = "TROVE_CONFIG";

    private static string Folder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "trove");

    private static string File => Path.Combine(Folder, "credentials.json");

    /// <summary>The key for a server: the one that was said, the environment's, or the one that was kept.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static string Need(Uri server, string? said) => Find(server, said)
        ?? throw new CommandException($"No key for {server}. Sign in with: trove account sign-in --url {server} (the first time: trove admin create), or say --key, or set {Variable}.");

    /// <inheritdoc cref="Need"/>
    /// <returns>Null when there is none.</returns>
    public static string? Find(Uri server, string? said) =>
        said is { Length: > 0 } ? said
        : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? variable
        : Read().GetValueOrDefault(NameOf(server));

    /// <summary>Keeps a key for a server; null forgets it.</summary>
    /// <returns>Where it is kept.</returns>
    public static string Keep(Uri server, string? key)
    {
        var keys = Read();
        if (key is null)
        {
            keys.Remove(NameOf(server));
        }
        else
        {
            keys[NameOf(server)] = key;
        }

        Directory.CreateDirectory(Folder);
        var draft = $"{File}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(draft, options))
        {
            JsonSerializer.Serialize(file, keys);
        }

        System.IO.File.Move(draft, File, overwrite: true);
        return File;
    }

    /// <summary>Id of an API key: its part between the first two underscores.</summary>
    public static string IdOf(string key) => key.Split('_') is [_, var id, ..] ? id : throw new CommandException("That is no API key.");

    private static string NameOf(Uri server) => server.GetLeftPart(UriPartial.Authority);

    private static SortedDictionary<string, string> Read()
    {
        try
        {
            return System.IO.File.Exists(File)
                ? JsonSerializer.Deserialize<SortedDictionary<string, string>>(System.IO.File.ReadAllText(File)) ?? []
                : [];
        }
        catch (JsonException)
        {
            throw new CommandException($"{File} is damaged: delete it and sign in again.");
        }
    }
}
