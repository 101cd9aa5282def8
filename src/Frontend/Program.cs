using Trove.Frontend;
using Trove.Frontend.Hosting;

try
{
    await TroveHost.Build(args).RunAsync();
    return 0;
}
catch (StartupException reason)
{
    await Console.Error.WriteLineAsync(reason.Message);
    return 1;
}
