using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Platform.Server.Composition;
using Platform.Server.Email;
using Platform.Server.Security;
using Platform.Server.Telemetry;

namespace Platform.Server.Tests.Api;

/// <summary>The configuration of the running server is told, and no secret of it.</summary>
public sealed class SettingsTests
{
    private const string Secret = "s3cret-value";

    [Fact]
    public async Task What_was_set_is_told_with_where_it_comes_from_beside_its_default()
    {
        await using var server = TestServer.WithCredentials();
        using var client = server.WithApiKey();

        var answer = JsonNode.Parse(await client.GetStringAsync("/api/settings"))!;

        answer["version"]!.GetValue<string>().ShouldNotBeEmpty();
        var items = answer["items"]!.AsArray();
        items.Count.ShouldBe(answer["totalCount"]!.GetValue<int>());
        var kind = items.Single(item => item!["key"]!.GetValue<string>() == "Storage:Kind")!;
        kind["value"]!.GetValue<string>().ShouldBe("Memory");
        kind["default"]!.GetValue<string>().ShouldBe("Sqlite");
        kind["isDefault"]!.GetValue<bool>().ShouldBeFalse();
        kind["source"]!.GetValue<string>().ShouldNotBe("default");
        kind["choices"]!.AsArray().Count.ShouldBe(2);
        var workers = items.Single(item => item!["key"]!.GetValue<string>() == "Runtime:WorkersMax")!;
        workers["isDefault"]!.GetValue<bool>().ShouldBeTrue();
        workers["source"]!.GetValue<string>().ShouldBe("default");
        workers["max"]!.GetValue<string>().ShouldBe("10000");
        workers["description"]!.GetValue<string>().ShouldStartWith("Queued runs that are executed at once.");
        answer.ToJsonString().ShouldNotContain(TestServer.ApiKey);
        answer.ToJsonString().ShouldNotContain(TestServer.Password);
    }

    [Fact]
    public void Every_secret_of_every_section_is_told_as_set_and_never_shown()
    {
        var settings = Read(new()
        {
            ["Smtp:Host"] = "mail.example.com",
            ["Smtp:User"] = "me",
            ["Smtp:Password"] = Secret,
            ["Telemetry:Otlp:Headers"] = "x-key=" + Secret,
            ["Security:BootstrapApiKey"] = Secret + "-0123456789",
        });

        settings.ShouldAllBe(setting => setting.Value == null || !setting.Value.Contains(Secret));
        settings.Where(setting => setting.IsSecret && setting.IsSet).Select(setting => setting.Key)
            .ShouldBe(["Security:BootstrapApiKey", "Smtp:Password", "Telemetry:Otlp:Headers"], ignoreOrder: true);
        settings.Single(setting => setting.Key == "Security:BootstrapPassword").ShouldSatisfyAllConditions(
            setting => setting.IsSecret.ShouldBeTrue(),
            setting => setting.IsSet.ShouldBeFalse());
    }

    [Fact]
    public void Of_an_address_only_scheme_host_and_port_are_told()
    {
        var settings = Read(new() { ["Telemetry:Otlp:Endpoint"] = $"https://me:{Secret}@collector.example.com:4318/{Secret}?key={Secret}" });

        settings.Single(setting => setting.Key == "Telemetry:Otlp:Endpoint").Value.ShouldBe("https://collector.example.com:4318/…");
    }

    private static IReadOnlyList<EffectiveSetting> Read(Dictionary<string, string?> values)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var reader = new OptionsReader(configuration);
        reader.Read<SmtpOptions>("Smtp");
        reader.Read<SecurityOptions>("Security");
        reader.Read<TelemetryOptions>("Telemetry");
        return new EffectiveSettings(configuration, reader.Sections).List();
    }
}
