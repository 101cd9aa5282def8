namespace Trove.Cli.Output;

/// <summary>A command cannot do what it was asked to; the message is one sentence for its user.</summary>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner);
