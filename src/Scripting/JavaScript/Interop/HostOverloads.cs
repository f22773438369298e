using System.Globalization;
using System.Reflection;

namespace Platform.Scripting.JavaScript;

/// <summary>Chooses among the overloads of a host method or constructor by the arguments of a call, and calls it.</summary>
internal static class HostOverloads
{
    private const int Unfit = 1_000;

    public static object? Invoke(Realm realm, MethodBase[] candidates, object? target, object?[] args)
    {
        JsThrow? refusal = null;
        foreach (var method in candidates.OrderBy(candidate => Distance(candidate.GetParameters(), args)))
        {
            object?[] converted;
            try
            {
                converted = Convert(realm, method.GetParameters(), args);
            }
            catch (JsThrow error)
            {
                refusal ??= error;
                continue;
            }

            return method is ConstructorInfo constructor
                ? constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, converted, CultureInfo.InvariantCulture)
                : method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, converted, CultureInfo.InvariantCulture);
        }

        throw refusal ?? JsThrow.Type("There is nothing to call");
    }

    /// <summary>How badly parameters fit arguments: first by their number, then by their types.</summary>
    private static int Distance(ParameterInfo[] parameters, object?[] args)
    {
        var wanted = parameters.Count(parameter => parameter.ParameterType != typeof(CancellationToken));
        var required = parameters.Count(parameter => parameter.ParameterType != typeof(CancellationToken) && !parameter.HasDefaultValue && !IsRest(parameter));
        var distance = args.Length < required || (args.Length > wanted && !parameters.Any(IsRest)) ? Unfit * (1 + Math.Abs(wanted - args.Length)) : 0;
        for (var i = 0; i < Math.Min(args.Length, parameters.Length); i++)
            distance += Distance(Nullable.GetUnderlyingType(parameters[i].ParameterType) ?? parameters[i].ParameterType, args[i]);
        return distance;
    }

    // The numbers of scripts are int when they are whole and small, else double: a fraction must not go to a whole number.
    private static int Distance(Type type, object? value) => value switch
    {
        null => type.IsValueType ? 50 : 0,
        _ when type == value.GetType() => 0,
        _ when type.IsInstanceOfType(value) => 1,
        int when type == typeof(long) => 1,
        int or long when type == typeof(double) || type == typeof(decimal) => 2,
        double when type == typeof(float) || type == typeof(decimal) => 2,
        int or long when type.IsPrimitive && type != typeof(bool) && type != typeof(char) => 3,
        DateTimeOffset when type == typeof(DateTime) => 2,
        DateTime when type == typeof(DateTimeOffset) => 2,
        string when type.IsEnum => 2,
        _ => 20,
    };

    private static object?[] Convert(Realm realm, ParameterInfo[] parameters, object?[] args)
    {
        var converted = new object?[parameters.Length];
        var used = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType;
            if (type == typeof(CancellationToken))
                converted[i] = realm.Cancellation;
            else if (IsRest(parameters[i]))
                converted[i] = Rest(args, used, type.GetElementType()!);
            else if (used < args.Length)
                converted[i] = HostConversion.To(args[used++], type);
            else
                converted[i] = parameters[i].HasDefaultValue ? parameters[i].DefaultValue : type.IsValueType ? Activator.CreateInstance(type) : null;
        }

        return converted;
    }

    private static bool IsRest(ParameterInfo parameter) => parameter.ParameterType.IsArray && parameter.IsDefined(typeof(ParamArrayAttribute), false);

    private static Array Rest(object?[] args, int from, Type type)
    {
        var rest = Array.CreateInstance(type, Math.Max(0, args.Length - from));
        for (var i = 0; i < rest.Length; i++)
            rest.SetValue(HostConversion.To(args[from + i], type), i);
        return rest;
    }
}
