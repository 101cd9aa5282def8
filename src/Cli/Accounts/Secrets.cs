using System.CommandLine;
using System.Text;
using Trove.Cli.Output;

namespace Trove.Cli.Accounts;

/// <summary>Asks for what must not stand on a command line, where other users of the machine and the shell's history see it.</summary>
internal static class Secrets
{
    public static Option<FileInfo?> PasswordFile() => new("--password-file") { Description = "File whose first line is the password; it is asked for when left out." };

    /// <summary>The password from the file, the terminal without echo, or the first line of standard input.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static string Password(FileInfo? file, string prompt = "Password: ")
    {
        var password = file is null ? Ask(prompt, hidden: true) : File.ReadLines(file.FullName).FirstOrDefault();
        return password is { Length: > 0 } ? password : throw new CommandException("A password is needed: type it, pipe it in, or name a file with --password-file.");
    }

    /// <summary>A line from the terminal or standard input; null at its end.</summary>
    public static string? Ask(string prompt, bool hidden = false)
    {
        if (Console.IsInputRedirected)
        {
            return Console.ReadLine();
        }

        Console.Error.Write(prompt);
        if (!hidden)
        {
            return Console.ReadLine();
        }

        var text = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                text.Length = Math.Max(0, text.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                text.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return text.ToString();
    }
}
