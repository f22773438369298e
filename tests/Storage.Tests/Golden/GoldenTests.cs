using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Storage.Sqlite;
using Platform.Storage.Tests.Sqlite;

namespace Platform.Storage.Tests.Golden;

/// <summary>
/// Databases that earlier versions wrote are opened by this one, brought up to date and gone on with. <c>PLATFORM_GOLDEN_WRITE=1</c> writes
/// the files of the present formats, which is done before each release that changes one.
/// </summary>
public sealed partial class GoldenTests : IDisposable
{
    private const string Present = "present";
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Sets => [.. Directory.GetDirectories(Golden).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal), Present];

    private static string Golden => typeof(GoldenTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "GoldenDirectory").Value!;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Instances_that_an_earlier_version_stored_go_on_to_their_end(string set)
    {
        var options = _directory.Options();
        if (set == Present)
        {
            await WriteAsync(options);
        }
        else
        {
            Directory.CreateDirectory(options.DataDirectory);
            File.Copy(Path.Combine(Golden, set, "platform.db"), Path.Combine(options.DataDirectory, "platform.db"));
        }

        await using (var runtime = await GoldenRuntime.OpenAsync(options))
        {
            await GoldenScenario.FinishAsync(runtime);
            runtime.Store.Description.ShouldContain($"schema {Schema.Version}");
        }

        using var connection = Connection.Open(Path.Combine(options.DataDirectory, "platform.db"), isReadOnly: false, TimeSpan.FromSeconds(5));
        connection.ReadText("PRAGMA integrity_check").ShouldBe("ok");
        connection.ReadText("PRAGMA foreign_key_check").ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_raises_a_format_leaves_files_of_the_former_one()
    {
        var present = await WriteAsync(_directory.Options());
        if (Environment.GetEnvironmentVariable("PLATFORM_GOLDEN_WRITE") == "1")
        {
            var target = Directory.CreateDirectory(Path.Combine(Golden, present.ToString()));
            File.Copy(Path.Combine(_directory.Options().DataDirectory, "platform.db"), Path.Combine(target.FullName, "platform.db"), overwrite: true);
        }

        var sets = Directory.GetDirectories(Golden).Select(path => Formats.Parse(Path.GetFileName(path))).ToList();
        Missing(present, sets).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("schema2-state1-log1", "schema2-state1-log1", "")]
    [InlineData("schema5-state1-log1", "schema2-state1-log1", "")]
    [InlineData("schema2-state1-log1", "", "schema 2 or older")]
    [InlineData("schema2-state1-log1", "schema3-state1-log1", "schema 2 or older")]
    [InlineData("schema2-state2-log1", "schema2-state2-log1", "state 1")]
    [InlineData("schema2-state3-log1", "schema2-state1-log1", "state 2")]
    [InlineData("schema2-state1-log2", "schema2-state1-log2", "log 1")]
    public void A_format_without_its_former_files_is_named(string present, string sets, string missing) =>
        Missing(Formats.Parse(present), [.. sets.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Formats.Parse)]).ShouldBe(
            missing.Length == 0 ? "" : $"There are no files with {missing}. Check out the version that wrote them and run the tests of Golden with PLATFORM_GOLDEN_WRITE=1.");

    /// <summary>The first format of which files are missing. Several migrations may come between two releases, so any older schema will do.</summary>
    private static string Missing(Formats present, List<Formats> sets)
    {
        var missing = !sets.Exists(set => set.Schema <= present.Schema) ? $"schema {present.Schema} or older"
            : Enumerable.Range(1, present.State - 1).Reverse().FirstOrDefault(state => !sets.Exists(set => set.State == state)) is > 0 and var state ? $"state {state}"
            : Enumerable.Range(1, present.Log - 1).Reverse().FirstOrDefault(log => !sets.Exists(set => set.Log == log)) is > 0 and var log ? $"log {log}"
            : null;
        return missing is null ? "" : $"There are no files with {missing}. Check out the version that wrote them and run the tests of Golden with PLATFORM_GOLDEN_WRITE=1.";
    }

    /// <summary>Writes a database with the present code.</summary>
    private static async Task<Formats> WriteAsync(SqliteOptions options)
    {
        await using var runtime = await GoldenRuntime.OpenAsync(options);
        await GoldenScenario.WriteAsync(runtime);
        var instance = await runtime.Store.FindInstanceAsync("delays.1", CancellationToken.None);
        var bursts = await runtime.Store.ReadBurstsAsync("delays.1", CancellationToken.None);
        return new Formats(Schema.Version, VersionOf(instance!.State), VersionOf(bursts[0].Log));
    }

    private static int VersionOf(ReadOnlyMemory<byte> stored)
    {
        using var document = JsonDocument.Parse(stored);
        return document.RootElement.GetProperty("v").GetInt32();
    }

    /// <summary>The formats of a database, and the name of the directory of its files.</summary>
    private sealed partial record Formats(int Schema, int State, int Log)
    {
        public static Formats Parse(string name)
        {
            var match = Name().Match(name);
            match.Success.ShouldBeTrue($"A directory of golden files is called '{name}'.");
            return new(Number(1), Number(2), Number(3));

            int Number(int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"schema{Schema}-state{State}-log{Log}");

        [GeneratedRegex("^schema([0-9]+)-state([0-9]+)-log([0-9]+)$", RegexOptions.CultureInvariant)]
        private static partial Regex Name();
    }
}
