using System.Collections.Frozen;

namespace Platform.Scripting.Liquid;

/// <summary>The body of a built-in filter.</summary>
internal delegate object? FilterCode(FilterCall call);

/// <summary>One call of a built-in filter.</summary>
internal readonly struct FilterCall(RenderContext context, object? input, object?[] arguments)
{
    public RenderContext Context => context;

    public RenderBudget Budget => context.Budget;

    public object? Input => input;

    public int Count => arguments.Length;

    /// <summary>An argument; <see cref="Undefined"/> when it is missing.</summary>
    public object? this[int index] => index < arguments.Length ? arguments[index] : Undefined.Value;

    public bool Has(int index) => this[index] is not Undefined;

    public double Number(int index, double otherwise) => Has(index) ? Coerce.ToNumber(context, this[index]) : otherwise;

    public string Text(int index) => context.Text(this[index]);

    /// <summary>The input as text; the filter is charged for a text of the same length.</summary>
    public string InputText()
    {
        var text = context.Text(input);
        context.Budget.Text(text.Length);
        return text;
    }

    /// <summary>The input as a list; the filter is charged for a list of the same length.</summary>
    public LiquidList InputList()
    {
        var list = Coerce.ToList(input);
        context.Budget.List(list.Count);
        return list;
    }
}

/// <summary>The filters that every template has.</summary>
internal static class BuiltInFilters
{
    private static readonly FrozenDictionary<string, FilterCode> s_all = All();

    public static FilterCode? Find(string name) => s_all.GetValueOrDefault(name);

    private static FrozenDictionary<string, FilterCode> All()
    {
        var filters = new Dictionary<string, FilterCode>();
        MathFilters.AddTo(filters);
        TextFilters.AddTo(filters);
        ReplaceFilters.AddTo(filters);
        HtmlFilters.AddTo(filters);
        UrlFilters.AddTo(filters);
        ListFilters.AddTo(filters);
        SearchFilters.AddTo(filters);
        DateFilters.AddTo(filters);
        MiscFilters.AddTo(filters);
        return filters.ToFrozenDictionary();
    }
}
