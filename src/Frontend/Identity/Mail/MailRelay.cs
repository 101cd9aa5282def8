using System.Net;
using System.Net.Mail;

namespace Trove.Frontend.Identity.Mail;

/// <summary>Brings the letters of the folder to a mail server. What does not go now goes later: a letter leaves the folder when the server has it.</summary>
internal sealed partial class MailRelay(MailFolder folder, MailOptions options, ILogger<MailRelay> logger) : BackgroundService
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var first = TimeSpan.FromSeconds(options.RetrySeconds);
        var wait = first;
        while (!stoppingToken.IsCancellationRequested)
        {
            var all = await Deliver(stoppingToken);
            await folder.Came(all ? LongestRetry : wait, stoppingToken);
            wait = all ? first : TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, LongestRetry.Ticks));
        }
    }

    /// <summary>Whether all that waited is delivered.</summary>
    private async Task<bool> Deliver(CancellationToken stop)
    {
        var all = true;
        foreach (var (file, letter) in folder.Waiting())
        {
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
                patience.CancelAfter(Patience);
                using var client = new SmtpClient(options.Host, options.Port) { EnableSsl = options.Tls };
                if (options.User is { Length: > 0 } user)
                {
                    client.Credentials = new NetworkCredential(user, options.Password);
                }

                using var message = new MailMessage(options.From, letter.To, letter.Subject, letter.Body);
                await client.SendMailAsync(message, patience.Token);
                File.Delete(file);
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                // The exception's own words may name the address; its kind is enough to go by.
                all = false;
                LogNotSent(logger, options.Host, failure.GetType().Name);
            }
        }

        return all;
    }

    [LoggerMessage(EventId = 2410, Level = LogLevel.Warning, Message = "The mail server {Host} did not take a letter ({Failure}); it is tried again")]
    private static partial void LogNotSent(ILogger logger, string host, string failure);
}
