using System.Globalization;
using System.Reflection;

namespace Discovery.Architecture;

/// <summary>Types, parameters and values as a C# reader writes them, nullability included.</summary>
internal static class SurfaceNames
{
    private static readonly NullabilityInfoContext s_nullability = new();

    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short",
        [typeof(ushort)] = "ushort", [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong",
        [typeof(float)] = "float", [typeof(double)] = "double", [typeof(decimal)] = "decimal", [typeof(char)] = "char",
        [typeof(string)] = "string", [typeof(object)] = "object",
    };

    /// <summary>A declared type with its namespace and its type parameters.</summary>
    public static string Full(Type type) =>
        $"{type.Namespace}.{(type.DeclaringType is { } outer ? Of(outer) + "." : "")}{Of(type)}";

    public static string Of(Type type) => Of(type, null);

    public static string Return(MethodInfo method) =>
        (method.ReturnType.IsByRef ? "ref " : "") + Of(method.ReturnType, s_nullability.Create(method.ReturnParameter));

    public static string Field(FieldInfo field) => Of(field.FieldType, s_nullability.Create(field));

    public static string Event(EventInfo happening) => Of(happening.EventHandlerType!, s_nullability.Create(happening));

    public static string Property(PropertyInfo property) => Of(property.PropertyType, s_nullability.Create(property));

    public static string Parameters(MethodBase method)
    {
        string parameters = Parameters(method.GetParameters());
        return method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute)) ? "this " + parameters : parameters;
    }

    public static string Parameters(IEnumerable<ParameterInfo> parameters) => string.Join(", ", parameters.Select(Parameter));

    public static string GenericList(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Of))}>" : "";

    public static string Constraints(IEnumerable<Type> arguments) => string.Concat(
        from argument in arguments
        where argument.IsGenericParameter
        let all = Constraint(argument).ToArray()
        where all.Length > 0
        select $" where {argument.Name} : {string.Join(", ", all)}");

    public static string Value(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        char letter => $"'{letter}'",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Parameter(ParameterInfo parameter)
    {
        string way = parameter switch
        {
            { IsOut: true } => "out ",
            { IsIn: true, ParameterType.IsByRef: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute)) => "params ",
            _ => "",
        };
        string fallback = !parameter.HasDefaultValue ? "" : " = " + Default(parameter);
        return $"{way}{Of(parameter.ParameterType, s_nullability.Create(parameter))} {parameter.Name}{fallback}";
    }

    private static string Default(ParameterInfo parameter)
    {
        Type type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        object? value = parameter.RawDefaultValue;
        if (value is null)
        {
            return type.IsValueType && type == parameter.ParameterType ? "default" : "null";
        }

        return type.IsEnum ? $"{type.Name}.{Enum.ToObject(type, value)}" : Value(value);
    }

    private static string Of(Type type, NullabilityInfo? info)
    {
        if (type.IsByRef)
        {
            return Of(type.GetElementType()!, info);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying, info?.GenericTypeArguments is [var only] ? only : null) + "?";
        }

        string mark = !type.IsValueType && !type.IsGenericParameter && info?.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!, info?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        }

        string name = s_keywords.GetValueOrDefault(type) ?? type.Name;
        if (!type.IsGenericType)
        {
            return name + mark;
        }

        Type[] arguments = type.GetGenericArguments();
        IEnumerable<string> inner = arguments.Select(
            (argument, index) => Of(argument, info?.GenericTypeArguments is { } all && index < all.Length ? all[index] : null));
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name + mark : $"{name[..tick]}<{string.Join(", ", inner)}>{mark}";
    }

    private static IEnumerable<string> Constraint(Type argument)
    {
        GenericParameterAttributes attributes = argument.GenericParameterAttributes;
        bool isStruct = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            yield return "class";
        }

        if (isStruct)
        {
            yield return "struct";
        }

        foreach (Type type in argument.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)))
        {
            yield return Of(type);
        }

        if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct)
        {
            yield return "new()";
        }
    }
}
