using Microsoft.AspNetCore.Authentication;
using Trove.Frontend.Accounts;

namespace Trove.Frontend.Identity.Outside;

/// <summary>Sign-in with outside providers, as many as are configured.</summary>
internal static class OutsideSetup
{
    /// <exception cref="StartupException">A setting is missing or wrong.</exception>
    public static void AddOutsideSignIn(this WebApplicationBuilder builder, FrontendOptions options)
    {
        var providers = OutsideSettings.Read(builder.Configuration);
        builder.Services.AddSingleton(services => new OutsideProviders(providers, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(new LoginKeys(DataFolder.Key(options.DataFolder, "logins"), providers));
        builder.Services.AddScoped<OutsideSignIns>();
        foreach (var provider in providers)
        {
            builder.Services.AddAuthentication().AddOAuth<OutsideOptions, OutsideHandler>(OutsideHandler.SchemeOf(provider.Name), provider.DisplayName, handler =>
            {
                handler.CallbackPath = $"/signin-{provider.Name}";
                handler.ClientId = provider.ClientId;
                handler.ClientSecret = provider.ClientSecret;
                handler.AuthorizationEndpoint = "";
                handler.UsePkce = true;
                handler.Scope.Add("openid");
                handler.Scope.Add("email");
                handler.Scope.Add("profile");
            });
        }
    }
}
