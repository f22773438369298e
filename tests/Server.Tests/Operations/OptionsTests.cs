using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Platform.Runtime;
using Platform.Server.Composition;
using Platform.Server.Security;

namespace Platform.Server.Tests.Operations;

public sealed class OptionsTests
{
    [Fact]
    public void Every_mistake_is_told_at_once_with_its_key_its_value_and_what_to_write_instead()
    {
        var reader = Reader(
            ("Storage:Kind", "Oracle"), ("Storage:DataDirektory", "/data"), ("Storage:Sqlite:ReadConnections", "1"), ("Storage:Sqlite:DataDirectory", "/x"),
            ("Runtime:WorkersMax", "0"), ("Runtime:SafetyPollInterval", "30"), ("Runtime:Colour", "blue"), ("Security:BootstrapPassword", "tooshort"),
            ("Security:BootstrapApiKey", "short"), ("Security:RequestBytesMax", "many"));

        reader.Read<StorageOptions>("Storage");
        reader.Read<RuntimeOptions>("Runtime");
        reader.Read<SecurityOptions>("Security");

        var message = Should.Throw<ConfigurationMistakesException>(reader.ThrowIfMistaken).Message;
        message.ShouldContain("10 mistakes");
        message.ShouldContain("Storage:Kind is 'Oracle'. Give one of: Sqlite, Memory.");
        message.ShouldContain("Storage:DataDirektory is not known. Did you mean Storage:DataDirectory?");
        message.ShouldContain("Storage:Sqlite:ReadConnections is '1'. Give a whole number from 2 to 64.");
        message.ShouldContain("Storage:Sqlite:DataDirectory cannot be used. There is one data directory: set Storage:DataDirectory instead.");
        message.ShouldContain("Runtime:WorkersMax is '0'. Give a whole number from 1 to 10000.");
        message.ShouldContain("Runtime:SafetyPollInterval is '30'. Give a time as hours:minutes:seconds from 00:00:01 to 1.00:00:00.");
        message.ShouldContain("Runtime:Colour is not known. Known in Runtime: AlterationInstancesMax, AttemptsMax, ");
        message.ShouldContain("Security:BootstrapPassword is '***'. Give 12 to 1000 characters");
        message.ShouldContain("Security:BootstrapApiKey is '***'. Give 16 to 200 ");
        message.ShouldContain("Security:RequestBytesMax is 'many'. Give a whole number from 1024 to 2000000000.");
        message.ShouldNotContain("tooshort");
    }

    [Fact]
    public void What_is_right_is_read_and_what_is_empty_keeps_its_default()
    {
        var reader = Reader(
            ("Storage:kind", "memory"), ("Storage:DataDirectory", ""), ("Storage:Sqlite:BusyTimeout", "00:00:09"), ("Storage:Sqlite:DatabaseBytesMax", "2000000"),
            ("Security:BootstrapPassword", ""), ("Security:SignInFailuresPerUserMax", "7"));

        var storage = reader.Read<StorageOptions>("Storage");
        var security = reader.Read<SecurityOptions>("Security");

        reader.Mistakes.ShouldBeEmpty();
        storage.Kind.ShouldBe(StorageKind.Memory);
        storage.DataDirectory.ShouldBe("./data");
        storage.DataPath.ShouldBe(Path.Combine(Directory.GetCurrentDirectory(), "data"));
        storage.Sqlite.BusyTimeout.ShouldBe(TimeSpan.FromSeconds(9));
        storage.Sqlite.DatabaseBytesMax.ShouldBe(2_000_000);
        security.BootstrapPassword.ShouldBeNull();
        security.SignInFailuresPerUserMax.ShouldBe(7);
    }

    [Fact]
    public void Lists_of_values_and_of_options_are_read()
    {
        var reader = Reader(("Sample:Names:0", "a"), ("Sample:Names:1", "b"), ("Sample:Items:0:Size", "3"), ("Sample:Items:1:Sise", "4"));

        var sample = reader.Read<Sample>("Sample");

        sample.Names.ShouldBe(["a", "b"]);
        sample.Items.Select(item => item.Size).ShouldBe([3, 1]);
        reader.Mistakes.ShouldBe(["Sample:Items:1:Sise is not known. Did you mean Sample:Items:1:Size?"]);
    }

    [Fact]
    public async Task A_server_with_mistakes_does_not_start_and_says_why_without_a_stack_trace()
    {
        var directory = Directory.CreateTempSubdirectory("server-tests-");
        try
        {
            var (code, output) = await RunAsync(directory.FullName, ("Storage__DataDirectory", "data"), ("Security__BootstrapPasword", "a-good-long-password"));

            code.ShouldBe(1);
            output.ShouldContain("Platform cannot start (WF4600).");
            output.ShouldContain("Did you mean Security:BootstrapPassword?");
            output.ShouldNotContain("   at ");
            output.ShouldNotContain("a-good-long-password");
            directory.GetFileSystemInfos().ShouldBeEmpty("nothing was opened");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_directory_that_another_server_uses_is_a_sentence_too()
    {
        var directory = Directory.CreateTempSubdirectory("server-tests-");
        try
        {
            using var server = new TestServer(new() { ["Storage:DataDirectory"] = directory.FullName });
            server.Anonymous().Dispose();

            var (code, output) = await RunAsync(directory.FullName, ("Storage__DataDirectory", "."));

            code.ShouldBe(1);
            output.ShouldContain($"Platform cannot start (WF4602). The data directory '{directory.FullName}' is in use by the process with id {Environment.ProcessId}.");
            output.ShouldNotContain("   at ");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static OptionsReader Reader(params (string Key, string Value)[] values) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create(value.Key, (string?)value.Value))).Build());

    private static async Task<(int Code, string Output)> RunAsync(string directory, params (string Key, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output + await errors);
    }

    internal sealed class Sample
    {
        public List<string> Names { get; set; } = [];

        public List<Item> Items { get; set; } = [];
    }

    internal sealed class Item
    {
        public int Size { get; set; } = 1;
    }
}
