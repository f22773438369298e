namespace Platform.Runtime.Tests.Semantics;

/// <summary>Every file in <c>cases</c>, each in two ways.</summary>
public sealed class SemanticsTests
{
    private const int CasesMin = 150;

    /// <summary>The sections of the fact sheet that must have cases, and our own containers.</summary>
    private static readonly string[] _sections = ["1.2", "1.5", "1.6", "1.8", "1.10", "1.11", "2.2", "2.7", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.13", "4.1", "4.3", "resilience"];

    public static TheoryData<string> Cases() => new(SemanticCase.Names());

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_rule_holds(string file) => RunAsync(file, isStored: false);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task The_rule_holds_when_the_state_is_stored_and_loaded_between_two_steps(string file) => RunAsync(file, isStored: true);

    [Fact]
    public void There_is_a_case_for_each_rule()
    {
        var cases = SemanticCase.Names().Select(SemanticCase.Load).ToList();

        cases.Count.ShouldBeGreaterThanOrEqualTo(CasesMin);
        cases.Select(semantics => semantics.Section).Distinct(StringComparer.Ordinal).ShouldBeSubsetOf(_sections);
        foreach (var section in _sections)
            cases.Count(semantics => semantics.Section == section).ShouldBeGreaterThanOrEqualTo(2, $"Section {section} has no cases.");
        foreach (var semantics in cases)
        {
            semantics.Name.ShouldStartWith(semantics.Section + "/");
            semantics.Steps[^1].Expectation.Count.ShouldBeGreaterThan(0, $"{semantics.Name} expects nothing at its end.");
        }

        cases.Select(semantics => semantics.Rule).Distinct(StringComparer.Ordinal).Count().ShouldBe(cases.Count);
    }

    private static async Task RunAsync(string file, bool isStored)
    {
        var semantics = SemanticCase.Load(file);
        if (semantics.Driver == "runtime")
        {
            await using var runtime = new RuntimeDriver(semantics, restarts: isStored);
            await runtime.RunAsync();
            return;
        }

        await using var engine = new EngineDriver(semantics, isStored: isStored || semantics.Driver == "stored");
        await engine.RunAsync();
    }
}
