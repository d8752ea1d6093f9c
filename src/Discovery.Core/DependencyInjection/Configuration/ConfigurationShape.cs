using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Discovery.DependencyInjection;

/// <summary>What a part of the configuration may look like: finds all unknown keys and unreadable values, not only the first.</summary>
internal abstract class ConfigurationShape
{
    /// <summary>A list of values, keyed by position.</summary>
    public static ConfigurationShape Values { get; } = new MapShape(new LeafShape(typeof(string)));

    /// <summary>One value.</summary>
    public static ConfigurationShape Leaf(Type type) => new LeafShape(type);

    /// <summary>Any keys, each with the same shape below; also a list of such.</summary>
    public static ConfigurationShape Map(ConfigurationShape item) => new MapShape(item);

    /// <summary>As <see cref="Map"/>, of entries that are bound whole or not at all.</summary>
    public static ConfigurationShape MapOfWholes(ConfigurationShape item) => new MapShape(item, isOfWholes: true);

    /// <summary>The settable properties of a type; <paramref name="nested"/> gives the shape of those that are no single value.</summary>
    public static ConfigurationShape Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        params (string Property, ConfigurationShape Shape)[] nested)
    {
        var properties = new SortedDictionary<string, ConfigurationShape>(StringComparer.OrdinalIgnoreCase);
        foreach (PropertyInfo property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (Array.Find(nested, pair => pair.Property == property.Name).Shape is { } given)
            {
                properties[property.Name] = given;
            }
            else if (LeafShape.IsReadable(property.PropertyType) && property.CanWrite)
            {
                properties[property.Name] = Leaf(property.PropertyType);
            }
            else if (property.PropertyType == typeof(IList<string>) || property.PropertyType == typeof(IDictionary<string, string>))
            {
                properties[property.Name] = Values;
            }
            else if (property.PropertyType == typeof(IDictionary<string, TimeSpan>))
            {
                properties[property.Name] = Map(Leaf(typeof(TimeSpan)));
            }
            else if (property.PropertyType is { IsClass: true } group && group.Assembly == typeof(T).Assembly && property.CanWrite)
            {
                properties[property.Name] = OfGroup(group);
            }
        }

        return new ObjectShape(properties);
    }

    // The binder that the source generator writes sets each of these properties, so none of them is trimmed.
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "The generated binder keeps the properties.")]
    private static ObjectShape OfGroup(Type group)
    {
        var properties = new SortedDictionary<string, ConfigurationShape>(StringComparer.OrdinalIgnoreCase);
        foreach (PropertyInfo property in group.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (LeafShape.IsReadable(property.PropertyType) && property.CanWrite)
            {
                properties[property.Name] = Leaf(property.PropertyType);
            }
        }

        return new ObjectShape(properties);
    }

    /// <summary>Adds one line per failure.</summary>
    public abstract void Check(IConfigurationSection section, ConfigurationFailures failures);

    /// <summary>The shape of a section with the given keys.</summary>
    public static ConfigurationShape Keys(IReadOnlyDictionary<string, ConfigurationShape> keys) =>
        new ObjectShape(new SortedDictionary<string, ConfigurationShape>(
            keys.ToDictionary(static pair => pair.Key, static pair => pair.Value), StringComparer.OrdinalIgnoreCase));

    private sealed class ObjectShape(SortedDictionary<string, ConfigurationShape> keys) : ConfigurationShape
    {
        public override void Check(IConfigurationSection section, ConfigurationFailures failures)
        {
            bool isEmpty = true;
            foreach (IConfigurationSection child in section.GetChildren())
            {
                isEmpty = false;
                if (keys.TryGetValue(child.Key, out ConfigurationShape? shape))
                {
                    shape.Check(child, failures);
                }
                else
                {
                    failures.Add(child.Path, $"unknown key{Suggestion(child.Key)}");
                }
            }

            if (isEmpty && section.Value is { Length: > 0 })
            {
                failures.Add(section.Path, $"is a section, not a value; its keys are {string.Join(", ", keys.Keys)}");
            }
        }

        private string Suggestion(string key)
        {
            string? nearest = null;
            int least = Math.Max(2, key.Length / 3) + 1;
            foreach (string known in keys.Keys)
            {
                int distance = Distance(known.ToUpperInvariant(), key.ToUpperInvariant());
                if (distance < least)
                {
                    (nearest, least) = (known, distance);
                }
            }

            return nearest is not null ? $"; did you mean {nearest}?" : $"; the known keys are {string.Join(", ", keys.Keys)}";
        }

        // Edits, where two neighbours that changed places are one edit: the most frequent slip.
        private static int Distance(string a, string b)
        {
            int[] before = new int[b.Length + 1];
            int[] last = [.. Enumerable.Range(0, b.Length + 1)];
            int[] now = new int[b.Length + 1];
            for (int i = 1; i <= a.Length; i++)
            {
                now[0] = i;
                for (int j = 1; j <= b.Length; j++)
                {
                    int replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                    now[j] = Math.Min(Math.Min(last[j], now[j - 1]) + 1, replaced);
                    if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    {
                        now[j] = Math.Min(now[j], before[j - 2] + 1);
                    }
                }

                (before, last, now) = (last, now, before);
            }

            return last[b.Length];
        }
    }

    private sealed class MapShape(ConfigurationShape item, bool isOfWholes = false) : ConfigurationShape
    {
        public override void Check(IConfigurationSection section, ConfigurationFailures failures)
        {
            bool isEmpty = true;
            foreach (IConfigurationSection child in section.GetChildren())
            {
                isEmpty = false;
                item.Check(child, failures);
                if (isOfWholes && failures.HasBelow(child.Path))
                {
                    failures.LeaveOut(child.Path);
                }
            }

            if (isEmpty && section.Value is { Length: > 0 })
            {
                failures.Add(section.Path, "is a section of several entries, not one value");
            }
        }
    }

    private sealed class LeafShape(Type type) : ConfigurationShape
    {
        private readonly Type _type = Nullable.GetUnderlyingType(type) ?? type;

        private readonly bool _mayBeEmpty = type == typeof(string) || Nullable.GetUnderlyingType(type) is not null;

        public static bool IsReadable(Type type)
        {
            Type bare = Nullable.GetUnderlyingType(type) ?? type;
            return bare.IsEnum || bare == typeof(string) || bare == typeof(bool) || bare == typeof(int) || bare == typeof(long)
                || bare == typeof(double) || bare == typeof(TimeSpan) || bare == typeof(Guid) || bare == typeof(Uri);
        }

        public override void Check(IConfigurationSection section, ConfigurationFailures failures)
        {
            if (section.GetChildren().FirstOrDefault() is { } child)
            {
                failures.Add(section.Path, $"is one value, not a section with {child.Key}");
            }
            else if (section.Value is { } text && !(text.Length == 0 && _mayBeEmpty) && Expected(text) is { } expected)
            {
                failures.Add(section.Path, $"\"{text}\" is no {expected}");
            }
        }

        private string? Expected(string text)
        {
            CultureInfo invariant = CultureInfo.InvariantCulture;
            return _type switch
            {
                _ when _type.IsEnum => Enum.TryParse(_type, text, ignoreCase: true, out object? value) && Enum.IsDefined(_type, value)
                    ? null : $"{_type.Name}; use {string.Join(", ", Enum.GetNames(_type))}",
                _ when _type == typeof(bool) => bool.TryParse(text, out _) ? null : "true or false",
                _ when _type == typeof(int) => int.TryParse(text, invariant, out _) ? null : "whole number",
                _ when _type == typeof(long) => long.TryParse(text, invariant, out _) ? null : "whole number",
                _ when _type == typeof(double) => double.TryParse(text, invariant, out _) ? null : "number",
                _ when _type == typeof(TimeSpan) => IsTimeSpan(text) ? null : "time span such as 00:00:05",
                _ when _type == typeof(Guid) => Guid.TryParse(text, out _) ? null : "GUID",
                _ when _type == typeof(Uri) => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out _) ? null : "URI",
                _ => null,
            };
        }

        // A bare number is read as days, which nobody means who writes 10.
        private static bool IsTimeSpan(string text) =>
            TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan value)
            && (value == TimeSpan.Zero || text.Contains(':', StringComparison.Ordinal));
    }
}
