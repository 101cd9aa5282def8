using Trove.Frontend.Accounts;
using Trove.Frontend.Auditing;
using Trove.Frontend.Bench;
using Trove.Frontend.Contributors;
using Trove.Frontend.Guests;
using Trove.Frontend.Hosting;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity;
using Trove.Frontend.Identity.Outside;
using Trove.Frontend.Intake;
using Trove.Frontend.Labeling;
using Trove.Frontend.Progress;
using Trove.Frontend.Projects;

namespace Trove.Frontend;

/// <summary>All of Trove in one web application. What it consists of reads here, top to bottom.</summary>
public static class TroveHost
{
    /// <summary>Composes the application; nothing listens before it is run.</summary>
    /// <param name="args">Command line, ASP.NET Core's own: <c>--urls</c>, <c>--Trove:DataFolder=…</c>.</param>
    /// <param name="configure">Runs first. What it registers stays: a clock, a grain factory of a cluster (then no silo is hosted here), counters for benches.</param>
    /// <exception cref="StartupException">A setting is wrong, the data folder is impossible, or an address is not safe to listen on; the message says what to do.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configure?.Invoke(builder);
        var options = builder.AddFrontendOptions();

        builder.AddDefaults(options);
        builder.AddSilo(options);
        builder.AddKeyRing(options);
        builder.AddWaysIn(options);
        builder.AddPolicies();
        builder.AddAccounts(options);
        builder.AddGuests();
        builder.AddOutsideSignIn(options);
        builder.AddProblems();
        builder.AddOrigins(options);
        builder.AddRateLimits(options);
        builder.AddHubs(options);
        builder.AddWork();
        builder.AddBoards();
        builder.AddIntake(options);
        builder.AddTaskImport();
        builder.AddAuditing();
        builder.AddResponsiveShutdown(options);

        var app = builder.Build();
        app.OpenRecords();
        app.UseSecurityHeaders();
        app.UseProxies(options);
        app.UseProblems();
        app.UseKnownHosts();
        app.UseHttpsOutside();
        app.UseOrigins(options);
        app.UseAuthentication();
        app.UseMiddleware<CrossSite>();
        app.UseRateLimiter();
        app.UseAuthorization();

        app.MapStartPage();
        app.MapHealth();
        app.MapOpenApi().AllowAnonymous();
        app.MapImages();
        app.MapWorkHub();
        app.MapBoardHub();
        app.MapBench();
        app.MapOutsidePages();

        var api = app.MapGroup("/api/v1");
        api.MapAccounts();
        api.MapMyAccount();
        api.MapOutside();
        api.MapKeys();
        api.MapGuests();
        api.MapPeople();
        api.MapProjects();
        api.MapSimulated();
        api.MapTasks(options);
        api.MapResults();
        api.MapImageUpload();
        api.MapMe();
        api.MapAuditing();
        app.DemandPolicies();
        return app;
    }
}
