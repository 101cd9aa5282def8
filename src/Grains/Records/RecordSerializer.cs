using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Trove.Grains.Records;

/// <summary>Writes <see cref="IBinaryRecord{TSelf}"/> types in binary and the types of <see cref="RecordJson"/> as JSON, both behind a <see cref="RecordHeader"/>.</summary>
public sealed class RecordSerializer : IRecordSerializer
{
    private const BindingFlags Unwrapped = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DoNotWrapExceptions;

    /// <inheritdoc/>
    public byte[] Serialize<T>(T state) => Form<T>.Instance.Serialize(state);

    /// <inheritdoc/>
    public T Deserialize<T>(ReadOnlyMemory<byte> bytes) => Form<T>.Instance.Deserialize(bytes.Span);

    /// <inheritdoc/>
    public T Create<T>() => Activator.CreateInstance<T>();

    /// <summary>How one type is written; chosen once per type.</summary>
    private abstract class Form<T>
    {
        private static Form<T>? _instance;

        public static Form<T> Instance => _instance ??= Choose();

        public abstract byte[] Serialize(T state);

        public abstract T Deserialize(ReadOnlySpan<byte> bytes);

        private static Form<T> Choose()
        {
            if (!typeof(T).IsAssignableTo(typeof(IRecord)))
            {
                throw new NotSupportedException($"{typeof(T)} can't be stored: it is no {nameof(IRecord)}.");
            }

            var binary = Array.Exists(
                typeof(T).GetInterfaces(),
                i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IBinaryRecord<>));
            var form = (binary ? typeof(BinaryForm<>) : typeof(JsonForm<>)).MakeGenericType(typeof(T));
            return (Form<T>)Activator.CreateInstance(form, Unwrapped, binder: null, args: null, culture: null)!;
        }
    }

    private sealed class BinaryForm<T> : Form<T>
        where T : IBinaryRecord<T>
    {
        public override byte[] Serialize(T state)
        {
            var w = new RecordWriter();
            try
            {
                RecordHeader.Write<T>(ref w, RecordForm.Binary);
                state.Write(ref w);
                return w.ToArray();
            }
            finally
            {
                w.Dispose();
            }
        }

        public override T Deserialize(ReadOnlySpan<byte> bytes)
        {
            var header = RecordHeader.Check<T>(bytes, RecordForm.Binary);
            var r = new RecordReader(T.RecordKind, bytes);
            r.Raw(header.Length);
            var state = T.Read(ref r, header.Version);
            r.End();
            return state;
        }
    }

    private sealed class JsonForm<T> : Form<T>
        where T : IRecord
    {
        private readonly JsonTypeInfo<T> _type = RecordJson.Default.GetTypeInfo(typeof(T)) as JsonTypeInfo<T>
            ?? throw new NotSupportedException($"{typeof(T)} can't be stored: it is not listed in {nameof(RecordJson)}.");

        public override byte[] Serialize(T state)
        {
            var w = new RecordWriter();
            try
            {
                RecordHeader.Write<T>(ref w, RecordForm.Json);
                w.Raw(JsonSerializer.SerializeToUtf8Bytes(state, _type));
                return w.ToArray();
            }
            finally
            {
                w.Dispose();
            }
        }

        public override T Deserialize(ReadOnlySpan<byte> bytes)
        {
            var body = RecordHeader.Check<T>(bytes, RecordForm.Json).Length;
            try
            {
                return JsonSerializer.Deserialize(bytes[body..], _type)
                    ?? throw new RecordDamagedException(T.RecordKind, body, "it is null");
            }
            catch (JsonException e)
            {
                throw new RecordDamagedException(T.RecordKind, body + (int)(e.BytePositionInLine ?? 0), "its JSON is broken");
            }
        }
    }
}
