using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Discovery.Architecture;

/// <summary>The public surface of an assembly as stable text: a line per type, an indented line per member, ordinal order.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Dump(IEnumerable<Type> types)
    {
        StringBuilder text = new();
        IEnumerable<Type> visible = types.Where(type => type.IsVisible && type.Name[0] != '<');
        foreach (Type type in visible.OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (string line in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Header(Type type)
    {
        string name = SurfaceNames.Full(type);
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"delegate {SurfaceNames.Return(invoke)} {name}({SurfaceNames.Parameters(invoke)})";
        }

        string kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => (IsReadOnly(type) ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        if (type.GetMethod("<Clone>$") is not null)
        {
            kind = kind.Replace("class", "record", StringComparison.Ordinal);
        }

        IEnumerable<Type> inherited = type.BaseType?.GetInterfaces() ?? [];
        List<string> bases = [.. type.GetInterfaces().Except(inherited).Where(face => face.IsVisible).Select(SurfaceNames.Of)];
        bases.Sort(StringComparer.Ordinal);
        if (type.IsEnum)
        {
            bases = [SurfaceNames.Of(Enum.GetUnderlyingType(type))];
        }
        else if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
        {
            bases.Insert(0, SurfaceNames.Of(parent));
        }

        string parents = bases.Count > 0 ? $" : {string.Join(", ", bases)}" : "";
        return $"{kind} {name}{parents}{SurfaceNames.Constraints(type.GetGenericArguments())}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return [];
        }

        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {((Enum)Enum.Parse(type, name)).ToString("D")}");
        }

        bool isRecord = type.GetMethod("<Clone>$") is not null;
        IEnumerable<string> constructors = type.GetConstructors(Declared).Where(IsSeen).Where(constructor => !constructor.IsStatic)
            .Select(constructor => $"{Modifiers(constructor)}new({SurfaceNames.Parameters(constructor)})");
        IEnumerable<string> methods = type.GetMethods(Declared).Where(IsSeen)
            .Where(method => !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
            .Where(method => !IsGenerated(method))
            .Select(method => $"{Modifiers(method)}{SurfaceNames.Return(method)} {method.Name}{SurfaceNames.GenericList(method)}" +
                $"({SurfaceNames.Parameters(method)}){SurfaceNames.Constraints(method.GetGenericArguments())}");
        IEnumerable<string> properties = type.GetProperties(Declared)
            .Where(property => !(isRecord && property.Name == "EqualityContract") && property.GetAccessors(nonPublic: true).Any(IsSeen))
            .Select(Property);
        IEnumerable<string> fields = type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly)
            .Select(Field);
        IEnumerable<string> events = type.GetEvents(Declared).Where(happening => IsSeen(happening.AddMethod!))
            .Select(happening => $"{Modifiers(happening.AddMethod!)}event {SurfaceNames.Event(happening)} {happening.Name}");
        return [.. constructors, .. methods, .. properties, .. fields, .. events];
    }

    private static string Property(PropertyInfo property)
    {
        MethodInfo first = property.GetAccessors(nonPublic: true).First(IsSeen);
        bool required = property.IsDefined(typeof(RequiredMemberAttribute));
        string index = property.GetIndexParameters().Length > 0 ? $"[{SurfaceNames.Parameters(property.GetIndexParameters())}]" : "";
        string getter = property.GetMethod is { } get && IsSeen(get) ? $" {Narrower(get, first)}get;" : "";
        string setter = property.SetMethod is { } set && IsSeen(set) ? $" {Narrower(set, first)}{(IsInit(set) ? "init" : "set")};" : "";
        string name = index.Length > 0 ? "this" + index : property.Name;
        return $"{Modifiers(first)}{(required ? "required " : "")}{SurfaceNames.Property(property)} {name} {{{getter}{setter} }}";
    }

    private static string Field(FieldInfo field)
    {
        if (field.IsLiteral)
        {
            return $"const {SurfaceNames.Field(field)} {field.Name} = {SurfaceNames.Value(field.GetRawConstantValue())}";
        }

        string modifiers = (field.IsPublic ? "" : "protected ") + (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "");
        return $"{modifiers}{SurfaceNames.Field(field)} {field.Name}";
    }

    private static string Narrower(MethodInfo accessor, MethodInfo first) => !accessor.IsPublic && first.IsPublic ? "protected " : "";

    private static string Modifiers(MethodBase method)
    {
        string access = method.IsPublic ? "" : "protected ";
        if (method is not MethodInfo info || method.DeclaringType!.IsInterface)
        {
            return method.IsStatic && method is MethodInfo ? "static " + (method.IsAbstract ? "abstract " : "") : access;
        }

        bool overrides = info.GetBaseDefinition() != info;
        string sealing = overrides && method.IsFinal && !method.DeclaringType.IsSealed ? "sealed " : "";
        string kind = method switch
        {
            { IsStatic: true } => "static ",
            { IsAbstract: true } => "abstract ",
            _ when overrides => "override ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
        return access + sealing + kind;
    }

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsGenerated(MethodInfo method) => method.IsDefined(typeof(CompilerGeneratedAttribute)) || method.Name[0] == '<';

    private static bool IsReadOnly(Type type) => type.IsDefined(typeof(IsReadOnlyAttribute));

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
}
