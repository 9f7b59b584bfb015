"""List the functions of TensorFlow that a layer in a file may call without being trusted.

Each computes tensors from tensors: none takes a function or the name of a file, and none reads a
picture. The names are TensorFlow's own, as files give them.
"""

from runner.models.keras2.allowed import ACTIVATIONS

_PLAIN = """
    cast clip_by_value concat expand_dims fill gather identity ones_like pad repeat reshape reverse
    roll shape slice split squeeze stack stop_gradient strided_slice tile transpose unstack where
    zeros_like
"""
_OPERATORS = "add eq getitem ne"
_MATH = """
    abs accumulate_n acos acosh add add_n angle argmax argmin asin asinh atan atan2 atanh betainc
    bessel_i0 bessel_i0e bessel_i1 bessel_i1e ceil conj cos cosh count_nonzero cumprod cumsum
    cumulative_logsumexp digamma divide divide_no_nan equal erf erfc erfcinv erfinv exp expm1 floor
    floordiv floormod greater greater_equal igamma igammac imag in_top_k is_finite is_inf is_nan
    is_non_decreasing is_strictly_increasing l2_normalize lbeta less less_equal lgamma log log1p
    log_sigmoid log_softmax logical_and logical_not logical_or logical_xor maximum minimum mod
    multiply multiply_no_nan ndtri negative nextafter not_equal polygamma polyval pow real
    reciprocal reciprocal_no_nan reduce_all reduce_any reduce_euclidean_norm reduce_logsumexp
    reduce_max reduce_mean reduce_min reduce_prod reduce_std reduce_sum reduce_variance rint round
    rsqrt scalar_mul segment_max segment_mean segment_min segment_prod segment_sum sigmoid sign sin
    sinh softmax softplus softsign sqrt square squared_difference subtract tan tanh top_k truediv
    unsorted_segment_max unsorted_segment_mean unsorted_segment_min unsorted_segment_prod
    unsorted_segment_sqrt_n unsorted_segment_sum xdivy xlog1py xlogy zero_fraction zeta
"""
_NN = """
    atrous_conv2d atrous_conv2d_transpose avg_pool avg_pool1d avg_pool2d avg_pool3d
    batch_norm_with_global_normalization batch_normalization bias_add conv1d conv1d_transpose conv2d
    conv2d_transpose conv3d conv3d_transpose conv_transpose convolution crelu depth_to_space
    depthwise_conv2d dilation2d dropout elu erosion2d fractional_avg_pool fractional_max_pool gelu
    in_top_k l2_loss l2_normalize leaky_relu local_response_normalization log_softmax lrn max_pool
    max_pool1d max_pool2d max_pool3d max_pool_with_argmax moments normalize_moments pool relu relu6
    selu separable_conv2d sigmoid silu softmax softplus softsign space_to_batch space_to_depth
    sufficient_statistics swish tanh top_k weighted_moments zero_fraction
"""
_IMAGE = """
    adjust_brightness adjust_contrast adjust_gamma adjust_hue adjust_saturation central_crop
    convert_image_dtype crop_and_resize crop_to_bounding_box extract_glimpse extract_patches
    flip_left_right flip_up_down grayscale_to_rgb hsv_to_rgb image_gradients pad_to_bounding_box
    per_image_standardization random_brightness random_contrast random_crop random_flip_left_right
    random_flip_up_down random_hue random_saturation resize resize_with_crop_or_pad resize_with_pad
    rgb_to_grayscale rgb_to_hsv rgb_to_yiq rgb_to_yuv rot90 sobel_edges total_variation transpose
    yiq_to_rgb yuv_to_rgb
"""
_LINALG = """
    adjoint band_part cholesky cholesky_solve cross det diag diag_part eigh eigvalsh einsum expm
    global_norm inv l2_normalize logdet lstsq lu matmul matrix_rank matrix_transpose matvec norm
    normalize pinv qr set_diag slogdet solve sqrtm svd tensor_diag tensor_diag_part tensordot trace
    triangular_solve
"""
# Those that only the first version of TensorFlow has.
_OF_TENSORFLOW_1 = """
    image.resize_bicubic image.resize_bilinear image.resize_images image.resize_nearest_neighbor
    nn.fused_batch_norm
"""
_FIRST = "compat.v1."


def _in(namespace: str, names: str) -> set[str]:
    return {f"{namespace}.{name}" for name in names.split()}


_SECOND = {
    *_PLAIN.split(),
    *_in("__operators__", _OPERATORS),
    *_in("image", _IMAGE),
    *_in("linalg", _LINALG),
    *_in("math", _MATH),
    *_in("nn", _NN),
}
OPERATIONS = {
    *_SECOND,
    *_in("keras.activations", " ".join(ACTIVATIONS)),
    *(f"{_FIRST}{name}" for name in (*_SECOND, *_OF_TENSORFLOW_1.split())),
}
