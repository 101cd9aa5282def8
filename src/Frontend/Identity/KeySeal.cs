using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Trove.Frontend.Identity;

/// <summary>Encrypts the secrets of the key ring (AES-256-GCM) with a key that is not in the records: who has only those has no key.</summary>
internal sealed class KeySeal(byte[] key)
{
    /// <summary>Name of the element that stands for an encrypted one: Base64 of nonce, cipher text and tag.</summary>
    public const string Element = "sealed";

    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>What is sealed here opens nowhere else, should the key ever serve for something else too.</summary>
    private static readonly byte[] Purpose = "Trove key ring 1"u8.ToArray();

    public XElement Seal(XElement secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret.ToString(SaveOptions.DisableFormatting));
        var bytes = new byte[NonceLength + plain.Length + TagLength];
        var nonce = bytes.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, plain, bytes.AsSpan(NonceLength, plain.Length), bytes.AsSpan(NonceLength + plain.Length), Purpose);
        CryptographicOperations.ZeroMemory(plain);
        return new XElement(Element, Convert.ToBase64String(bytes));
    }

    /// <exception cref="CryptographicException">It was not sealed with this key.</exception>
    public XElement Open(XElement element)
    {
        var bytes = Bytes(element);
        if (bytes.Length < NonceLength + TagLength)
        {
            throw new CryptographicException("What is sealed is too short.");
        }

        var plain = new byte[bytes.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(bytes.AsSpan(0, NonceLength), bytes.AsSpan(NonceLength, plain.Length), bytes.AsSpan(NonceLength + plain.Length), plain, Purpose);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }

    public bool Fits(XElement element)
    {
        try
        {
            Open(element);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static byte[] Bytes(XElement element)
    {
        try
        {
            return Convert.FromBase64String(element.Value);
        }
        catch (FormatException)
        {
            return [];
        }
    }
}

/// <summary>Seals for data protection.</summary>
internal sealed class KeySealer(KeySeal seal) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(seal.Seal(plaintextElement), typeof(KeyOpener));
}

/// <summary>Opens for data protection, which makes it by the name of this type: that name stands in the ring and must stay.</summary>
internal sealed class KeyOpener : IXmlDecryptor
{
    private readonly KeySeal _seal;

    public KeyOpener(IServiceProvider services) => _seal = services.GetRequiredService<KeySeal>();

    public XElement Decrypt(XElement encryptedElement) => _seal.Open(encryptedElement);
}
