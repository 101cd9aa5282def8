using System.CommandLine;
using Trove.Cli;

return await CommandLine.Create().Parse(args).InvokeAsync(new InvocationConfiguration
{
    // A server told to stop finishes what it has on the way; the built-in two seconds would cut that short.
    ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
});
