using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using Platform.Engine.Activities;
using Platform.Engine.Definitions;
using Platform.Engine.Expressions;
using Platform.Engine.Values;

namespace Platform.Engine.Plans;

/// <summary>Compiles definition versions into plans. Thread-safe; callers keep the plans.</summary>
/// <param name="reader">Reads the documents.</param>
/// <param name="catalog">Activity types.</param>
/// <param name="languages">Expression languages.</param>
public sealed class PlanCompiler(DefinitionReader reader, ActivityCatalog catalog, ExpressionLanguages languages)
{
    private readonly ConcurrentDictionary<Type, ActivityType> _codeTypes = new();
    private readonly ExpressionLanguages _languages = languages;

    /// <summary>Compiles a version.</summary>
    /// <param name="definition">The version.</param>
    /// <exception cref="System.Text.Json.JsonException">The document is not JSON.</exception>
    public WorkflowPlan Compile(WorkflowDefinition definition)
    {
        var content = reader.Read(definition);
        var workflow = Workflow.Of("Workflow1", definition, content);
        var outputs = content.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var compilation = new Compilation(this, workflow, new WorkflowInclusion(reader, definition));
        compilation.Add(workflow, null, null, outputs);
        return new WorkflowPlan(definition, content, compilation.Nodes, compilation.OutputCount, _languages)
        {
            UsedDefinitionIds = compilation.Inclusion.UsedDefinitionIds,
            Problems = [.. content.Problems.Concat(compilation.RepeatedIds).DistinctBy(problem => (problem.Path, problem.Code)), .. compilation.Inclusion.Problems],
        };
    }

    /// <summary>
    /// The type of an activity. One made in code has not named its type; its class says it, whether or not documents may use that class.
    /// </summary>
    private ActivityType TypeOf(Activity activity)
    {
        if (activity is WorkflowDefinitionActivity used)
            return used.DescribedBy;
        if (activity.Type.Length == 0)
            return _codeTypes.GetOrAdd(activity.GetType(), ActivityTypeReader.Read);
        return catalog.Find(activity.Type, activity.Version)
            ?? throw new InvalidOperationException($"The activity type '{activity.Type}' is not in the catalog.");
    }

    private sealed class Compilation(PlanCompiler compiler, Workflow workflow, WorkflowInclusion inclusion)
    {
        private readonly HashSet<string> _nodeIds = new(StringComparer.Ordinal);
        private HashSet<string>? _ids;

        public WorkflowInclusion Inclusion => inclusion;

        public List<PlanNode> Nodes { get; } = [];

        /// <summary>Activities that have their node id in common with another one: what is stored could belong to either.</summary>
        public List<DefinitionProblem> RepeatedIds { get; } = [];

        public int OutputCount { get; private set; }

        public void Add(Activity activity, PlanNode? parent, string? portName, HashSet<string> workflowOutputs)
        {
            var used = activity as WorkflowDefinitionActivity;
            var type = compiler.TypeOf(activity);
            var isMadeInCode = activity.Type.Length == 0;
            if (isMadeInCode)
                Name(activity, type);
            var node = new PlanNode
            {
                Index = Nodes.Count,
                Activity = activity,
                Type = type,
                Parent = parent,
                PortName = portName,
                NodeId = parent is null ? activity.Id : $"{parent.NodeId}:{activity.Id}",
                ChildIndex = parent?.ChildList.Count ?? 0,
                IsTerminal = activity is ITerminalNode,
                // What is made in code may hold delegates, which see their execution and may keep it.
                IsContextReusable = !isMadeInCode && IsOfEngine(activity) && (parent is null || IsOfEngine(parent.Activity)),
                FirstOutput = OutputCount,
            };
            Nodes.Add(node);
            if (!_nodeIds.Add(node.NodeId))
                RepeatedIds.Add(new DefinitionProblem(activity.DocumentPath + ".id", "WF1002", $"The id '{activity.Id}' is used twice in this container. Give each activity its own id."));
            parent?.ChildList.Add(node);
            activity.PlanNode = node;
            activity.NodeId = node.NodeId;
            if (activity is IVariableContainer container)
                node.VariableList = Declare(container, node);
            node.LogPersistence = LogPersistence.Of(node, compiler._languages);
            node.CommitStrategy = CommitStrategies.OfActivity(activity);
            CompileInputs(node);
            CompileOutputs(node, workflowOutputs);
            if (used is not null)
            {
                if (inclusion.Include(node, used) is not { } outputs)
                    return;
                if (_ids is not null)
                    Collect(used.Root!, _ids);
                Add(used.Root!, node, nameof(Workflow.Root), outputs);
                return;
            }

            if (activity is Composite)
                workflowOutputs = type.Outputs.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);

            foreach (var (port, child) in ChildrenOf(activity, type))
                Add(child, node, port, workflowOutputs);
            if (activity is Flowchart flowchart)
                node.Flow = new FlowGraph(flowchart, node);
        }

        /// <summary>Names an activity made in code: its type, and an id of the type's name and the first number that the workflow does not have.</summary>
        private void Name(Activity activity, ActivityType type)
        {
            activity.Type = type.TypeName;
            activity.Version = type.Version;
            if (activity.Id.Length > 0)
                return;
            var ids = _ids ??= CollectIds();
            for (var number = 1; activity.Id.Length == 0; number++)
            {
                var id = type.Name + number.ToString(CultureInfo.InvariantCulture);
                if (ids.Add(id))
                    activity.Id = id;
            }
        }

        private HashSet<string> CollectIds()
        {
            var ids = new HashSet<string>(StringComparer.Ordinal);
            Collect(workflow, ids);
            foreach (var root in Nodes.Select(node => (node.Activity as WorkflowDefinitionActivity)?.Root).OfType<Workflow>())
                Collect(root, ids);
            return ids;
        }

        private void Collect(Activity activity, HashSet<string> ids)
        {
            ids.Add(activity.Id);
            foreach (var (_, child) in ChildrenOf(activity, compiler.TypeOf(activity)))
                Collect(child, ids);
        }

        /// <summary>Gives the variables without a name their ids: the same at each compilation, since stored instances refer to them.</summary>
        private static Variable[] Declare(IVariableContainer container, PlanNode node)
        {
            var variables = container.Variables.ToArray();
            for (var i = 0; i < variables.Length; i++)
            {
                if (variables[i].Id.Length == 0)
                    variables[i].Id = string.Create(CultureInfo.InvariantCulture, $"{node.NodeId}:variable{i + 1}");
            }

            return variables;
        }

        private static bool IsOfEngine(Activity activity) => activity.GetType().Assembly == typeof(Activity).Assembly;

        private static IEnumerable<(string Port, Activity Child)> ChildrenOf(Activity activity, ActivityType type)
        {
            foreach (var port in type.Ports.Concat(type.CodePorts))
            {
                switch (port.Property.GetValue(activity))
                {
                    case Activity child:
                        yield return (port.Name, child);
                        break;
                    case IEnumerable children:
                        foreach (var child in children.OfType<Activity>())
                            yield return (port.Name, child);
                        break;
                }
            }

            foreach (var input in type.Inputs)
            {
                if (input.IsWrapped || input.Get(activity) is not IEnumerable items || input.ValueType == typeof(string))
                    continue;
                foreach (var (port, held) in items.OfType<IActivityHolder>().SelectMany(holder => holder.HeldActivities))
                {
                    if (held is Activity child)
                        yield return (port, child);
                }
            }
        }

        private void CompileInputs(PlanNode node)
        {
            var slots = new List<InputSlot>();
            foreach (var property in node.Type.Inputs)
            {
                var input = property.IsWrapped ? property.Get(node.Activity) as Input : null;
                slots.Add(new InputSlot(property, input));
                if (input is null)
                    continue;
                input.Owner = node.Activity;
                input.Index = slots.Count - 1;
                input.AutoEvaluate = property.Attribute.AutoEvaluate;
                if (input.Expression is not null)
                    CompileExpression(input);
            }

            node.Inputs = [.. slots];
            node.EvaluatedInputs = [.. slots.Select((slot, index) => (slot, index))
                .Where(item => item.slot.Input is { IsConstant: false, AutoEvaluate: true }).Select(item => item.index)];
            node.HasAsynchronousInputs = slots.Exists(slot => slot.Input?.Compiled?.IsAsynchronous ?? false);
        }

        private void CompileExpression(Input input)
        {
            try
            {
                input.Compiled = compiler._languages.Compile(input.Expression!, input.Type);
            }
            catch (ExpressionException exception)
            {
                // A broken expression must not keep the workflow from being opened; it faults where it is used.
                input.Compiled = new BrokenExpression(exception.Message);
                return;
            }

            if (!input.Compiled.IsConstant && input.Compiled is not FreshValueExpression)
                return;
            var value = input.ConvertValue(input.Compiled.Evaluate(null!));
            if (ValueCopy.IsImmutable(value))
                input.SetConstant(value);
            else
                input.Compiled = new FreshValueExpression(value!);
        }

        private void CompileOutputs(PlanNode node, HashSet<string> workflowOutputs)
        {
            node.Outputs = [.. node.Type.Outputs.Select((property, index) =>
            {
                var output = property.Get(node.Activity);
                if (output is null)
                {
                    // An unbound output still has a place in the register, so that expressions can read it in the same burst.
                    output = (Output)Activator.CreateInstance(typeof(Output<>).MakeGenericType(property.ValueType))!;
                    property.Set(node.Activity, output);
                }

                output.Index = index;
                output.Owner = node.Activity;
                output.Name = property.Name;
                return new OutputSlot(property.Name, output, output.TargetId is { } target && workflowOutputs.Contains(target));
            })];
            OutputCount += node.Outputs.Length;
        }
    }
}
