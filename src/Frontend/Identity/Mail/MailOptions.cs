using System.Net.Mail;

namespace Trove.Frontend.Identity.Mail;

/// <summary>Settings of mail, section <c>Trove:Mail</c>.</summary>
internal sealed class MailOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Trove:Mail";

    /// <summary>The mail server. Empty: letters stay in the folder <c>mail</c> of the data folder.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its port. Default: 587, submission.</summary>
    public int Port { get; set; } = 587;

    /// <summary>Whether the line is encrypted (STARTTLS). Only a server on this machine can do without.</summary>
    public bool Tls { get; set; } = true;

    /// <summary>Who signs in there; empty: nobody.</summary>
    public string User { get; set; } = "";

    /// <summary>The password; better, its file as <c>PasswordFile</c>.</summary>
    public string Password { get; set; } = "";

    /// <summary>Seconds until a letter that was not taken is tried again, doubled each time up to five minutes. Default: 2.</summary>
    public double RetrySeconds { get; set; } = 2;

    /// <summary>Who letters come from.</summary>
    public string From { get; set; } = "trove@localhost";
}

internal static class MailSetup
{
    public static void AddMail(this WebApplicationBuilder builder, FrontendOptions options)
    {
        var mail = builder.Configuration.GetSection(MailOptions.Section).Get<MailOptions>() ?? new MailOptions();
        if (!MailAddress.TryCreate(mail.From, out _) || mail.Port is < 1 or > 65_535 || mail.RetrySeconds is not (>= 0 and <= 300))
        {
            throw new StartupException($"The settings in section {MailOptions.Section} are wrong: From is an e-mail address, Port is 1 to 65535, RetrySeconds is 0 to 300.");
        }

        if (!mail.Tls && mail.Host.Length > 0 && !Listener.IsLocal(mail.Host))
        {
            throw new StartupException($"{MailOptions.Section}:Tls is off although '{mail.Host}' is another machine: codes in letters, and the password, would travel in the open. Leave it on.");
        }

        mail.Password = builder.Configuration.Secret($"{MailOptions.Section}:Password") ?? "";
        builder.Services.AddSingleton(mail);
        builder.Services.AddSingleton(services => new MailFolder(
            Path.Combine(options.DataFolder, "mail"), mail.From, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<MailFolder>>()));
        builder.Services.AddSingleton<IMail>(static services => services.GetRequiredService<MailFolder>());
        builder.Services.AddHostedService(static services => services.GetRequiredService<MailFolder>());
        if (mail.Host.Length > 0)
        {
            builder.Services.AddHostedService<MailRelay>();
        }
    }
}
