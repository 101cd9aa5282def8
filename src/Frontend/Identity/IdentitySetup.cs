using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Trove.Frontend.Accounts;
using Trove.Frontend.Identity.Mail;

namespace Trove.Frontend.Identity;

/// <summary>ASP.NET Core Identity over the accounts' grains, and what belongs to it.</summary>
internal static class IdentitySetup
{
    /// <summary>Codes mailed to confirm an address.</summary>
    public const string ConfirmCodes = "confirm";

    /// <summary>Codes mailed to choose a new password.</summary>
    public const string ResetCodes = "reset";

    public static void AddAccounts(this WebApplicationBuilder builder, FrontendOptions options)
    {
        var services = builder.Services;
        services.AddHttpContextAccessor();
        services.AddDataProtection();
        services.AddSingleton(new EmailKeys(DataFolder.Key(options.DataFolder, "emails")));
        services.AddSingleton<HashQueue>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<LetterLimit>();
        services.AddIdentityCore<AccountUser>().AddUserStore<AccountStore>()
            .AddTokenProvider<ConfirmCodeProvider>(ConfirmCodes)
            .AddTokenProvider<ResetCodeProvider>(ResetCodes);
        services.Configure<PasswordHasherOptions>(hashes => hashes.IterationCount = Passwords.Iterations);
        services.Configure<ConfirmCodeOptions>(codes => (codes.Name, codes.TokenLifespan) = (ConfirmCodes, TimeSpan.FromDays(1)));
        services.Configure<ResetCodeOptions>(codes => (codes.Name, codes.TokenLifespan) = (ResetCodes, TimeSpan.FromHours(1)));
        services.AddAntiforgery(csrf =>
        {
            csrf.HeaderName = CrossSite.Header;
            csrf.Cookie.Name = "trove-csrf";
            csrf.Cookie.SameSite = SameSiteMode.Strict;
            csrf.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            csrf.SuppressXFrameOptionsHeader = true;
        });
        services.AddScoped<AccountStore>();
        services.AddScoped<MailedCodes>();
        services.AddScoped<SignUps>();
        services.AddScoped<SignIns>();
        services.AddScoped<SecondFactors>();
        services.AddScoped<MyAccount>();
        services.AddScoped<Exports>();
        services.AddSingleton<Erasures>();
        services.AddHostedService(static provider => provider.GetRequiredService<Erasures>());
        services.AddSingleton<FirstAdmin>();
        services.AddHostedService(static provider => provider.GetRequiredService<FirstAdmin>());
        builder.AddMail(options);
    }
}

/// <summary>Settings of codes that confirm an address.</summary>
internal sealed class ConfirmCodeOptions : DataProtectionTokenProviderOptions;

/// <summary>Settings of codes that let choose a new password.</summary>
internal sealed class ResetCodeOptions : DataProtectionTokenProviderOptions;

/// <summary>Identity's provider takes its settings from one place; codes of different life need one each.</summary>
internal sealed class ConfirmCodeProvider(IDataProtectionProvider protection, IOptions<ConfirmCodeOptions> options, ILogger<DataProtectorTokenProvider<AccountUser>> logger)
    : DataProtectorTokenProvider<AccountUser>(protection, options, logger);

/// <inheritdoc cref="ConfirmCodeProvider"/>
internal sealed class ResetCodeProvider(IDataProtectionProvider protection, IOptions<ResetCodeOptions> options, ILogger<DataProtectorTokenProvider<AccountUser>> logger)
    : DataProtectorTokenProvider<AccountUser>(protection, options, logger);
