using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Platform.Engine.Secrets;
using Platform.Runtime.Recovering;
using Platform.Runtime.Store;
using Platform.Server.Api;
using Platform.Server.Audit;
using Platform.Server.OpenApi;
using Platform.Server.Operations;
using Platform.Server.Secrets;
using Platform.Server.Security;
using Platform.Storage.Sqlite;

namespace Platform.Server.Composition;

/// <summary>Puts the store and the server's own parts together.</summary>
internal static class ServerServices
{
    /// <summary>Adds the store that the options choose.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Which store, and where.</param>
    public static IServiceCollection AddStore(this IServiceCollection services, StorageOptions options)
    {
        options.Sqlite.DataDirectory = options.DataPath;
        services.AddSingleton(options);
        services.AddSingleton<IWorkflowStore>(provider => options.Kind switch
        {
            StorageKind.Memory => new InMemoryStore(),
            StorageKind.Sqlite => new SqliteStore(options.Sqlite, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SqliteStore>>(), provider.GetService<StorageMetrics>()),
        });
        if (options.Kind != StorageKind.Memory)
            services.AddSingleton(_ => new FlightRecorder(Path.Combine(options.DataPath, "executing.bin")));
        return services;
    }

    /// <summary>Adds users, keys, sessions and the rule that every endpoint is closed until it is opened.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">How long things last.</param>
    /// <param name="storage">Where the keys lie.</param>
    public static IServiceCollection AddSecurity(this IServiceCollection services, SecurityOptions options, StorageOptions storage)
    {
        services.AddSingleton(options);
        services.AddSingleton<ServerKey>();
        services.AddSingleton<Users>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<ApiKeyUses>();
        services.AddSingleton<PermissionNames>();
        services.AddSingleton<OpenConnections>();
        services.AddSingleton<Accounts>();
        services.AddSingleton<RoleStore>();
        services.AddSingleton<KeyChanges>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<RequestOrigin>();
        services.AddSingleton<Bootstrap>();
        services.AddSingleton<PageNews>();
        services.AddSingleton<AuditTrail>();
        services.AddCookieKeys(storage);
        services.AddAuthentication(AuthenticationSchemes.Any)
            .AddPolicyScheme(AuthenticationSchemes.Any, null, scheme => scheme.ForwardDefaultSelector = AuthenticationSchemes.Choose)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(AuthenticationSchemes.ApiKey, null)
            .AddScheme<AuthenticationSchemeOptions, BearerAuthentication>(AuthenticationSchemes.Bearer, null)
            .AddCookie(Sessions.Scheme, cookie =>
            {
                cookie.Cookie.Name = Sessions.CookieName;
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Strict;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = options.SessionIdleTimeout;
                cookie.SlidingExpiration = true;
                cookie.EventsType = typeof(Sessions);
            });
        services.AddOidc(options.Oidc);
        var policy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new Permissions.Requirement()).Build();
        services.AddSingleton<IAuthorizationHandler, Permissions>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessDenied>();
        services.AddAuthorizationBuilder().SetDefaultPolicy(policy).SetFallbackPolicy(policy);
        return services;
    }

    /// <summary>Adds the secrets that workflows use. They are known before anything runs: add them before the runtime.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddSecrets(this IServiceCollection services)
    {
        services.AddSingleton<SecretMask>();
        services.AddSingleton<SecretHosts>();
        services.AddSingleton<SecretKeys>();
        services.AddSingleton<SecretStore>();
        services.AddHostedService(provider => provider.GetRequiredService<SecretStore>());
        return services;
    }

    /// <summary>Adds what operators see.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<StartReport>();
        services.AddSingleton<DescribedApi>();
        // In production too: the boundary turns it into a problem that tells where the mistake is.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddProblemDetails(options => options.CustomizeProblemDetails = problem =>
            problem.ProblemDetails.Extensions.TryAdd("code", Problem.Of(problem.ProblemDetails.Status ?? problem.HttpContext.Response.StatusCode).Code));
        return services;
    }

    private static void AddCookieKeys(this IServiceCollection services, StorageOptions storage)
    {
        var protection = services.AddDataProtection().SetApplicationName("Platform");
        if (storage.Kind == StorageKind.Memory)
            protection.UseEphemeralDataProtectionProvider();
        else
            protection.Services.AddOptions<KeyManagementOptions>().Configure<ILoggerFactory>((options, loggers) =>
                options.XmlRepository = new FileSystemXmlRepository(PrivateFile.CreateDirectory(Path.Combine(storage.DataPath, "keys")), loggers));
    }
}
