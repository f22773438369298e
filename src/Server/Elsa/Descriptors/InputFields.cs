using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Engine.Plans;
using Platform.Engine.Values;

namespace Platform.Server.Elsa.Descriptors;

/// <summary>Decides how an input is edited: which editor, which choices, which default, which expression type to begin with.</summary>
/// <param name="aliases">Names of types.</param>
internal sealed class InputFields(TypeAliases aliases)
{
    /// <summary>The descriptor of an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="handled">What its handlers tell the editor; null when it has none.</param>
    public InputDescriptor Describe(InputProperty input, JsonObject? handled)
    {
        var attribute = input.Attribute;
        var options = OptionsOf(input);
        var hint = attribute.UIHint ?? DefaultHint(input.ValueType, options is not null || handled is not null);
        return new InputDescriptor(
            input.Name,
            aliases.GetAlias(input.ValueType),
            attribute.DisplayName ?? Words.Of(input.Name),
            attribute.Description,
            attribute.Order,
            attribute.IsBrowsable,
            input.IsSynthetic,
            input.IsWrapped,
            hint,
            attribute.Category,
            DynamicJson.ToNode(Plain(attribute.DefaultValue)),
            attribute.DefaultSyntax ?? DefaultSyntax(hint),
            attribute.IsReadOnly,
            attribute.CanContainSecrets,
            attribute.IsSerializable,
            attribute.AutoEvaluate,
            null,
            Merge(Specifications(hint, input, options), handled));
    }

    /// <summary>What a handler told an editor, as Studio reads it.</summary>
    public static JsonNode? ToJson(object value) => value switch
    {
        DropDownProps { SelectList: { } list } => new JsonObject { ["selectList"] = ToJson(list) },
        DropDownProps => new JsonObject { ["selectList"] = null },
        SelectList list => ToJson(list),
        _ => DynamicJson.ToNode(value),
    };

    /// <summary>What an editor needs to know besides the value.</summary>
    private static JsonObject? Specifications(string hint, InputProperty input, ICollection<SelectListItem>? options)
    {
        if (hint == InputUIHints.DynamicOutcomes)
            return new JsonObject { ["DynamicOutcomesOptions"] = new JsonObject { ["fixedOutcomes"] = new JsonArray() } };
        if (hint == InputUIHints.CodeEditor && input.Attribute.Options is string language)
            return new JsonObject { [hint] = new JsonObject { ["language"] = language } };
        if (options is null)
            return null;
        var list = hint switch
        {
            InputUIHints.CheckList => "checkList",
            InputUIHints.RadioList => "radioList",
            _ => "selectList",
        };
        var isFlagsEnum = ScalarOf(input.ValueType).IsDefined(typeof(FlagsAttribute), inherit: false);
        return new JsonObject { [hint] = new JsonObject { [list] = ToJson(new SelectList(options, isFlagsEnum)) } };
    }

    private static JsonObject ToJson(SelectList list) => new()
    {
        ["items"] = new JsonArray([.. list.Items.Select(item => new JsonObject { ["text"] = item.Text, ["value"] = item.Value })]),
        ["isFlagsEnum"] = list.IsFlagsEnum,
    };

    private static JsonObject? Merge(JsonObject? specifications, JsonObject? handled)
    {
        if (specifications is null || handled is null)
            return handled ?? specifications;
        foreach (var (name, value) in handled)
            specifications[name] = value?.DeepClone();
        return specifications;
    }

    private static List<SelectListItem>? OptionsOf(InputProperty input)
    {
        if (input.Attribute.Options is not string && input.Attribute.Options is IEnumerable given)
            return [.. given.Cast<object?>().Select(ToOption)];
        var scalar = ScalarOf(input.ValueType);
        return scalar.IsEnum ? [.. Enum.GetNames(scalar).Select(name => new SelectListItem(Words.Of(name), name))] : null;
    }

    private static SelectListItem ToOption(object? item)
    {
        var text = Convert.ToString(item, CultureInfo.InvariantCulture) ?? "";
        return item as SelectListItem ?? new SelectListItem(text, text);
    }

    /// <summary>
    /// Elsa's defaults, except that collections without choices get an editor in which one can enter something: Elsa gives them an
    /// empty dropdown.
    /// </summary>
    private static string DefaultHint(Type type, bool hasOptions)
    {
        var scalar = Nullable.GetUnderlyingType(type) ?? type;
        if (scalar == typeof(bool))
            return InputUIHints.Checkbox;
        if (scalar == typeof(string))
            return hasOptions ? InputUIHints.DropDown : InputUIHints.SingleLine;
        if (typeof(Variable).IsAssignableFrom(scalar))
            return InputUIHints.VariablePicker;
        if (scalar == typeof(Type))
            return InputUIHints.TypePicker;
        if (typeof(IEnumerable).IsAssignableFrom(scalar))
        {
            if (hasOptions)
                return InputUIHints.CheckList;
            return scalar.IsGenericType && scalar.GetGenericArguments() is [var item] && item == typeof(string) ? InputUIHints.MultiText : InputUIHints.JsonEditor;
        }

        return hasOptions ? InputUIHints.DropDown : InputUIHints.SingleLine;
    }

    private static string DefaultSyntax(string hint) => hint switch
    {
        InputUIHints.CheckList or InputUIHints.MultiText or InputUIHints.Dictionary or InputUIHints.DynamicOutcomes or InputUIHints.JsonEditor => "Object",
        InputUIHints.ExpressionEditor => "JavaScript",
        InputUIHints.VariablePicker => "Variable",
        InputUIHints.InputPicker => "Input",
        _ => "Literal",
    };

    private static Type ScalarOf(Type type)
    {
        if (type.IsGenericType && type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments() is [var item])
            type = item;
        return Nullable.GetUnderlyingType(type) ?? type;
    }

    private static object? Plain(object? value) => value switch
    {
        Enum name => name.ToString(),
        Array items => items.Cast<object?>().Select(Plain).ToList(),
        _ => value,
    };
}

/// <summary>Names in words.</summary>
internal static class Words
{
    /// <summary>"FlowSwitch" becomes "Flow Switch"; runs of capitals stay together.</summary>
    public static string Of(string name)
    {
        var words = new System.Text.StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
                words.Append(' ');
            words.Append(name[i]);
        }

        return words.ToString();
    }
}
