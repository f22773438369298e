using System.Runtime.CompilerServices;
using Platform.Engine;
using Platform.Engine.Definitions;
using Platform.Engine.Expressions;
using Platform.Engine.Plans;
using Platform.Engine.Values;
using Platform.Server.Scripting;

namespace Platform.Server.Tests.Scripting;

public sealed class CSharpLanguageTests
{
    private const string Variables = """
        [{"id":"v1","name":"Count","typeName":"Int32","value":"2","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
         {"id":"v2","name":"Names","typeName":"String","isArray":true,"value":"[\"b\",\"a\"]","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
         {"id":"v4","name":"class","typeName":"String","value":"keyword","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
         {"id":"v5","name":"not an identifier","typeName":"String","value":"odd","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
         {"id":"v6","name":"Get","typeName":"Int32","value":"6","storageDriverTypeName":"WorkflowInstanceStorageDriver"},
         {"id":"v3","name":"Result","typeName":"Object","storageDriverTypeName":"WorkflowInstanceStorageDriver"}]
        """;

    private static readonly CSharpLanguage Language = new();

    [Theory]
    [InlineData("1 + 1", 2)]
    [InlineData("return 1 + 1;", 2)]
    [InlineData("var x = 5; x * 2", 10)]
    [InlineData("Variables.Count + 1", 3)]
    [InlineData("Variable.Get<int>(\"Count\") + 1", 3)]
    [InlineData("(int)Variables.Get(\"Count\") + 1", 3)]
    [InlineData("string.Join(\",\", Variable.Get<string[]>(\"Names\").Order())", "a,b")]
    [InlineData("string.Join(\",\", Variables.Names.Order().Select(name => name + Variables.Count))", "a2,b2")]
    [InlineData("Variables.@class", "keyword")]
    [InlineData("Variables.Get(\"not an identifier\")", "odd")]
    [InlineData("Variables.Get(\"Get\")", 6)]
    [InlineData("Variables.Result == null", true)]
    [InlineData("Variables.Result = 4; Variables.Result + 1", 5)]
    [InlineData("Inputs.Name", "Ada")]
    [InlineData("Inputs.Name.Length", 3)]
    [InlineData("Input.Get<string>(\"Name\").ToUpper()", "ADA")]
    [InlineData("Output.From<bool>(\"If1\")", true)]
    [InlineData("Output.From<string>(\"i\", \"Result\")", "True")]
    [InlineData("Output.LastResult", true)]
    [InlineData("WorkflowInstanceId", "i1")]
    [InlineData("CorrelationId = \"c2\"; CorrelationId", "c2")]
    [InlineData("WorkflowInstanceName = \"n2\"; return WorkflowInstanceName;", "n2")]
    [InlineData("ExecutionContext.GetVariable<int>(\"Count\")", 2)]
    [InlineData("Args.Count + Arguments.Count", 0)]
    [InlineData("JsonNode.Parse(\"{\\\"a\\\":7}\")![\"a\"]!.GetValue<int>()", 7)]
    [InlineData("new List<int> { 1, 2, 3 }.Where(x => x > 1).Sum()", 5)]
    [InlineData("dynamic e = new ExpandoObject(); e.A = 4; return e.A;", 4)]
    [InlineData("using System.Threading.Tasks;\nawait Task.FromResult(9)", 9)]
    [InlineData("null", null)]
    [InlineData("int Twice(int n) => n * 2; Twice(4)", 8)]
    public async Task A_script_sees_its_workflow(string script, object? expected)
    {
        var workflow = await RunAsync(script);

        workflow.Incidents.ShouldBeEmpty();
        workflow.Output["Result"].ShouldBe(expected);
    }

    [Fact]
    public async Task A_script_sets_variables_and_outcomes()
    {
        var workflow = await RunAsync("Variables.Count = 8; Variables.Set(\"Names\", new[] { \"z\" }); Outcome.Set(\"Other\");");

        workflow.Incidents.ShouldBeEmpty();
        workflow.Output["Other"].ShouldBe("8z");
    }

    [Fact]
    public async Task A_type_that_a_script_declares_belongs_to_that_script()
    {
        var workflow = await RunAsync("class Point { public int X = 3; } new Point().X");

        workflow.Output["Result"].ShouldBe(3);
    }

    [Theory]
    [InlineData("int x = \"a\";", "The C# cannot be compiled: CS0029: Cannot implicitly convert type 'string' to 'int' (line 1, column 9).")]
    [InlineData("throw new InvalidOperationException(\"no tea\");", "C#: InvalidOperationException: no tea")]
    [InlineData("using System.IO; int x = \"a\";", "The C# cannot be compiled: CS0029: Cannot implicitly convert type 'string' to 'int' (line 1, column 26).")]
    [InlineData("using System.IO;\nint x =\n \"a\";", "The C# cannot be compiled: CS0029: Cannot implicitly convert type 'string' to 'int' (line 3, column 2).")]
    [InlineData("Variables.Missing", "The C# cannot be compiled: CS1061: 'VariableMembers' does not contain a definition for 'Missing' and no accessible extension method 'Missing' accepting a first argument of type 'VariableMembers' could be found (are you missing a using directive or an assembly reference?) (line 1, column 11).")]
    [InlineData("Variables.Set(\"Missing\", 1);", "There is no variable 'Missing' here. Variables in scope: Count, Get, Names, Result, class, not an identifier.")]
    [InlineData("Inputs.Name = \"x\";", "The C# cannot be compiled: CS0200: Property or indexer 'InputMembers.Name' cannot be assigned to -- it is read only (line 1, column 1).")]
    [InlineData("Inputs.Set(\"Name\", 1);", "The input 'Name' cannot be changed.")]
    [InlineData("Output.From<int>(\"nobody\")", "There is no activity 'nobody' with an output 'Result' in this workflow.")]
    public async Task A_script_that_fails_faults_with_the_reason(string script, string message) =>
        (await RunAsync(script)).Incidents.ShouldHaveSingleItem().Message.ShouldBe(message);

    [Fact]
    public void A_mistake_in_the_syntax_is_told_before_it_runs()
    {
        Language.Examine("1 + 1").ShouldBeNull();
        var warning = Language.Examine("var x = ;").ShouldNotBeNull();
        warning.Code.ShouldBe("WF1121");
        warning.Message.ShouldContain("CS1525");
    }

    [Fact]
    public async Task A_text_is_compiled_once()
    {
        var language = new CSharpLanguage();
        await RunAsync("Variables.Count * 3", language);
        await RunAsync("Variables.Count * 3", language);
        language.Count.ShouldBe(1);
        await RunAsync("Variables.Count * 4", language);
        language.Count.ShouldBe(2);
    }

    [Fact]
    public void What_nobody_holds_is_unloaded()
    {
        var assembly = Compiled();
        for (var i = 0; i < 20 && assembly.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        assembly.IsAlive.ShouldBeFalse();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Compiled() => new(CSharpProgram.Compile("class P; new P()").RunAsync(null!).Result!.GetType().Assembly);
    }

    private static async Task<WorkflowExecutionContext> RunAsync(string script, CSharpLanguage? language = null)
    {
        var languages = new ExpressionLanguages(new LiteralLanguage(), new JavaScriptLanguage(Platform.Scripting.JavaScript.JsOptions.Default), language ?? Language);
        var catalog = ActivityCatalog.Scan(typeof(Activity).Assembly);
        var compiler = new PlanCompiler(new DefinitionReader(catalog, TypeAliases.BuiltIn, languages), catalog, languages);
        var document = """
            {"variables":VARIABLES,"inputs":[{"name":"Name","type":"String"}],"root":{"id":"f","type":"Elsa.Flowchart","activities":[
              {"id":"i","name":"If1","type":"Elsa.If","condition":{"typeName":"Boolean","expression":{"type":"Literal","value":"true"}}},
              {"id":"s","type":"Elsa.RunCSharp","script":{"typeName":"String","expression":{"type":"Literal","value":SCRIPT}},
               "result":{"typeName":"Object","memoryReference":{"id":"v3"}}},
              {"id":"done","type":"Elsa.SetOutput","outputName":{"typeName":"String","expression":{"type":"Literal","value":"Result"}},
               "outputValue":{"typeName":"Object","expression":{"type":"JavaScript","value":"variables.Result"}}},
              {"id":"other","type":"Elsa.SetOutput","outputName":{"typeName":"String","expression":{"type":"Literal","value":"Other"}},
               "outputValue":{"typeName":"Object","expression":{"type":"JavaScript","value":"variables.Count + variables.Names.join()"}}}],
             "connections":[
              {"source":{"activity":"i","port":"Done"},"target":{"activity":"s","port":"In"}},
              {"source":{"activity":"s","port":"Done"},"target":{"activity":"done","port":"In"}},
              {"source":{"activity":"s","port":"Other"},"target":{"activity":"other","port":"In"}}]}}
            """.Replace("VARIABLES", Variables, StringComparison.Ordinal).Replace("SCRIPT", System.Text.Json.JsonSerializer.Serialize(script), StringComparison.Ordinal);
        var plan = compiler.Compile(new WorkflowDefinition("v", "d", 1) { ToolVersion = "3.8.0.0", Document = document });
        var host = new EngineHost { Clock = TimeProvider.System, NewId = () => "id", Services = new NoServices() };
        var workflow = new WorkflowExecutionContext(plan, "i1", host) { Input = { ["Name"] = "Ada" } };
        await Interpreter.StartAsync(workflow);
        return workflow;
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
