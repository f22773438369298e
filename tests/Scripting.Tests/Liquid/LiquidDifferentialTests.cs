using System.Text;
using System.Text.Json;

namespace Platform.Scripting.Liquid.Tests;

public sealed class LiquidDifferentialTests(LiquidReference reference) : IClassFixture<LiquidReference>
{
    [Fact]
    public void Every_snippet_of_the_corpus_renders_as_in_LiquidJS()
    {
        reference.Corpus.Count.ShouldBeGreaterThan(600);
        Compare(reference.Corpus);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Generated_templates_render_as_in_LiquidJS(int seed)
    {
        var generator = new TemplateGenerator(seed);
        Compare([.. Enumerable.Range(0, 1_500).Select(_ => generator.Next())]);
    }

    private void Compare(IReadOnlyList<string> snippets)
    {
        var expected = reference.Render(snippets);
        var differences = new StringBuilder();
        var count = 0;
        for (var i = 0; i < snippets.Count; i++)
        {
            var actual = Render(snippets[i]);
            if (AreAlike(expected[i], actual) || ++count > 60)
                continue;
            differences.AppendLine($"{snippets[i]}\n  LiquidJS: {expected[i]}\n  ours:     {actual}");
        }

        count.ShouldBe(0, differences.ToString());
    }

    // The words of errors are our own; what kind they are and where they are is not.
    private static bool AreAlike(ReferenceResult expected, ReferenceResult actual) => expected.Kind == actual.Kind
        && (expected.Kind == "text" ? expected.Text == actual.Text : expected.Line == actual.Line && expected.Column == actual.Column);

    private ReferenceResult Render(string source)
    {
        try
        {
            var template = LiquidTemplate.Parse(source);
            var options = new LiquidOptions { Templates = name => reference.Templates.TryGetValue(name, out var text) ? LiquidTemplate.Parse(text) : null };
            var names = reference.Data.EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value);
            return new ReferenceResult("text", template.Render(new LiquidScope(names), options, CancellationToken.None), 0, 0);
        }
        catch (LiquidSyntaxException error)
        {
            return new ReferenceResult("syntax", error.Detail, error.Line, error.Column);
        }
        catch (LiquidException error)
        {
            return new ReferenceResult("error", error.Detail, error.Line, error.Column);
        }
    }
}
