namespace Discovery.Filtering;

internal abstract class FilterField<T>
{
    /// <summary>Binds what follows the field's name in the selector.</summary>
    public abstract FilterTest<T>? Bind(ref FilterBinding binding);
}

internal sealed class FilterField<T, TField>(Func<T, TField> get, FilterType<TField> type) : FilterField<T>
{
    public override FilterTest<T>? Bind(ref FilterBinding binding)
    {
        FilterTest<TField>? test = type.Bind(ref binding);
        return test is null ? null : new FieldTest<T, TField>(get, test);
    }
}
