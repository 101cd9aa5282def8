namespace Trove.Frontend.Hosting;

/// <summary>The host cannot start as it is set up. The message says what is wrong and what to do; a stack trace would add nothing.</summary>
public sealed class StartupException(string message, Exception? cause = null) : Exception(message, cause);
