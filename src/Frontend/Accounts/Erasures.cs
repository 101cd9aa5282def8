using Trove.Contracts.Accounts;
using Trove.Frontend.Hosting;
using Trove.Frontend.Hubs;
using Trove.Frontend.Identity.Mail;

namespace Trove.Frontend.Accounts;

/// <summary>
/// Erases persons, and finishes what was begun: by an earlier life of this process, by another frontend, or in vain because somebody held an old state of the record file. Once it
/// is begun nobody can sign in as that person to ask again, so somebody must go on by themselves: this does, at start and every minute.
/// </summary>
internal sealed partial class Erasures(IGrainFactory grains, GrainCalls calls, MailFolder mail, TimeProvider clock, ILogger<Erasures> logger, IErasure? file = null) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private IErasuresGrain List => grains.GetGrain<IErasuresGrain>(IErasuresGrain.Key);

    /// <summary>Erases a person who proved to be it.</summary>
    /// <returns>True when nothing is left; false when it has begun and goes on; or why it was refused.</returns>
    public async Task<(bool Done, Problem? Refusal)> Erase(Erasure erasure)
    {
        var begun = await Begin(erasure);
        if (begun.Problem is { Code: "last-owner" } refusal)
        {
            return (false, refusal);
        }

        try
        {
            await Finish(erasure, begun.Value);
            return (true, null);
        }
        catch (Exception exception)
        {
            LogHeldUp(logger, erasure.Account, exception);
            return (false, null);
        }
    }

    private Task<Result<Account>> Begin(Erasure erasure) => calls.Run((List, erasure), static call => call.List.Begin(call.erasure));

    /// <summary>Every step that follows, each of which may have been done before. Letters first: when the account is gone nobody knows its address.</summary>
    private async Task Finish(Erasure erasure, Account? account)
    {
        ForgetLetters();
        await calls.Run((List, erasure.Account), static async call =>
        {
            await call.List.Erase(call.Account);
            return true;
        });
        ForgetLetters(); // those that were being written while the account was closed
        if (file is not null)
        {
            await file.CompleteAsync();
        }

        await calls.Run((List, erasure.Account), static async call =>
        {
            await call.List.Complete(call.Account);
            return true;
        });

        void ForgetLetters()
        {
            if (account is not null)
            {
                mail.Forget(account.Id, account.Email);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                foreach (var erasure in (await List.Pending()).OrEmpty())
                {
                    await GoOn(erasure);
                }
            }
            catch (Exception exception)
            {
                LogLater(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Finishes one; when it is held up, the others go on all the same.</summary>
    private async Task GoOn(Erasure erasure)
    {
        try
        {
            await Finish(erasure, (await Begin(erasure)).Value);
            LogFinished(logger, erasure.Account);
        }
        catch (Exception exception)
        {
            LogHeldUp(logger, erasure.Account, exception);
        }
    }

    [LoggerMessage(EventId = 2420, Level = LogLevel.Warning, Message = "The erasure of account {Account} has begun and is held up; it goes on within a minute")]
    private static partial void LogHeldUp(ILogger logger, string account, Exception exception);

    [LoggerMessage(EventId = 2421, Level = LogLevel.Information, Message = "The erasure of account {Account}, begun before, is finished")]
    private static partial void LogFinished(ILogger logger, string account);

    [LoggerMessage(EventId = 2422, Level = LogLevel.Information, Message = "Erasures could not be looked after; that is tried again within a minute")]
    private static partial void LogLater(ILogger logger, Exception exception);
}
