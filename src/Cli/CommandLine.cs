using System.CommandLine;
using Trove.Cli.Accounts;
using Trove.Cli.Aggregation;
using Trove.Cli.Audit;
using Trove.Cli.Bench;
using Trove.Cli.Doctor;
using Trove.Cli.Hosting;
using Trove.Cli.Projects;
using Trove.Cli.Replay;
using Trove.Cli.Soak;
using Trove.Cli.Watch;

namespace Trove.Cli;

/// <summary>Every command of <c>trove</c>.</summary>
internal static class CommandLine
{
    public static RootCommand Create() => new("Trove: a live marketplace for training data.")
    {
        RunCommand.Create(),
        AdminCommand.Create(),
        AccountCommand.Create(),
        KeyCommand.Create(),
        MeCommand.Create(),
        ProjectCommand.Create(),
        ImportCommand.Create(),
        WatchCommand.Create(),
        ReplayCommand.Create(),
        AggregateCommand.Create(),
        BenchCommand.Create(),
        SoakCommand.Create(),
        AuditCommand.Create(),
        DoctorCommand.Create(),
        AuditLogCommand.Create(),
    };
}
