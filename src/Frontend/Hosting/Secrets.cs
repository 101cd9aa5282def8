namespace Trove.Frontend.Hosting;

/// <summary>
/// Secrets among the settings. Each may be given as the setting itself or, under its name with <c>File</c> behind it, as the path of a file that holds it: what
/// stands on a command line or in the environment is read by others too easily. A secret stands in no log and no message.
/// </summary>
internal static class Secrets
{
    private const int Longest = 64 * 1024;

    /// <summary>The secret of a setting such as <c>Trove:Mail:Password</c>; null when it is not given. A line break at the end of a file does not belong to it.</summary>
    /// <exception cref="StartupException">It is given twice, or its file can't be read or is empty.</exception>
    public static string? Secret(this IConfiguration configuration, string setting)
    {
        var value = configuration[setting] is { Length: > 0 } given ? given : null;
        if (configuration[setting + "File"] is not { Length: > 0 } path)
        {
            return value;
        }

        return value is null
            ? Read(setting, path)
            : throw new StartupException($"The setting {setting} is given twice: as itself and as {setting}File. Keep one of them.");
    }

    private static string Read(string setting, string path)
    {
        try
        {
            if (new FileInfo(path).Length > Longest)
            {
                throw new StartupException($"The file '{path}' of the setting {setting}File is too long for a secret.");
            }

            var secret = File.ReadAllText(path).TrimEnd('\r', '\n');
            return secret.Length > 0 ? secret : throw new StartupException($"The file '{path}' of the setting {setting}File is empty.");
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new StartupException($"The setting {setting}File names '{path}', which cannot be read: {reason.Message}", reason);
        }
    }
}
